#!/usr/bin/env bash
# This is the `run_autograder` script of a Gradescope assignment without points. Add it to the autograder zip file along with
# rubric.public.toml and the plimsoll executable. Students can submit as often as they like to see what their work would earn. The actual
# grade comes from another run.
set -u
/autograder/source/plimsoll grade --self /autograder/source/rubric.public.toml /autograder/submission \
  --static-only --exit-zero --format gradescope=/autograder/results/results.json
