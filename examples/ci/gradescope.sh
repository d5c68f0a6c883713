#!/usr/bin/env bash
# Gradescope: `run_autograder` in an assignment's autograder zip, next to rubric.toml and the plimsoll binary. Gradescope's containers
# have no container engine, so only criteria that do not need one are graded.
set -u
/autograder/source/plimsoll grade /autograder/source/rubric.toml /autograder/submission \
  --single --static-only --exit-zero --format gradescope=/autograder/results/results.json
