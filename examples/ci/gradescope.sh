#!/usr/bin/env bash
# This is the `run_autograder` script of a Gradescope assignment. Add it to the autograder zip file along with rubric.toml and the
# plimsoll executable. Gradescope's containers do not have a container engine, so only criteria that do not need one are graded.
set -u
/autograder/source/plimsoll grade /autograder/source/rubric.toml /autograder/submission \
  --single --static-only --exit-zero --format gradescope=/autograder/results/results.json
