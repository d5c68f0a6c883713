#!/usr/bin/env bash
# Gradescope: `run_autograder` of the zip that an assignment's autograder is made of, beside rubric.toml and the program plimsoll.
# There is no engine in Gradescope's containers, so only what needs none is graded there.
set -u
/autograder/source/plimsoll grade /autograder/source/rubric.toml /autograder/submission \
  --single --static-only --exit-zero --format gradescope=/autograder/results/results.json
