//! The rubric that `plimsoll grade --init` writes.

/// A commented rubric. A test reads it as it is, and once more with every commented-out key enabled.
pub const TEMPLATE: &str = r##"# A rubric for `plimsoll grade`: what submissions get points for.
# Grade with `plimsoll grade rubric.toml submissions/`; `plimsoll grade --schema` prints the JSON Schema of this file.

title = "Assignment 1: a secure image"

# The version whose rules count. Newer rules are ignored, so an upgrade in mid-term does not change any marks.
# `plimsoll grade rubric.toml --freeze` prints the rules that count with their levels, to pin them here. What a rule reports is
# not pinned: a later version may find more, or have fewer false positives. To keep all marks, stay with one version of plimsoll
# for a term.
plimsoll = "0.1.0"

# The pass mark in percent of all points, and the step that totals are rounded to.
pass = 60
round = 0.5

# How much feedback students get: `diff` (the fix), `hint` (what to do), or `name` (the rule and its place).
feedback = "hint"

# Deduction for late submissions, in percent of the maximum. The number of days is in the roster's column `days-late`; an export
# that only says "late" counts as one day.
[late]
per-day = 10
max = 50

# Where the assignment is in a submission. By default, the Dockerfile closest to the root is graded.
#[submission]
#directory = "*assignment*1*"
#dockerfile = "**/Dockerfile"

# Limits and permissions for engines. There is no network access unless it is enabled here.
[engine]
base-images = ["python:*", "docker.io/library/python:*"]
pull = "missing"
network = true
run-network = false
build-timeout = "10m"
run-timeout = "30s"
memory = "512m"

# Rule settings as in plimsoll.toml. Configuration files and ignore comments in submissions have no effect.
[lint]
profile = "course"

# Each criterion has an id, points, and one thing to evaluate.

# Findings cost points. Select rules as in `plimsoll rule`: by name, practice, another tool's code, or glob.
[[criterion]]
id = "pinned"
title = "The base image is pinned to a version"
points = 10
rules = ["pinned"]

# Each finding costs 2 points, at most 3 findings of one rule count, and at most 8 points are lost.
[[criterion]]
id = "layers"
title = "Few layers, without leftovers"
points = 10
practices = ["layers"]
levels = ["warn", "error"]
each = 2
repeats = 3
cap = 8

[[criterion]]
id = "slim"
title = "The image contains only what it needs"
points = 10
practices = ["slim"]
levels = ["warn", "error"]
each = 2

# Requirements for the files. All of them have to be met; with `partial = true` each has its share of the points.
[[criterion]]
id = "stages"
title = "Separate build and runtime stages"
points = 10
partial = true
require = { stages = ">= 2", copy-from-stage = true, final-base = ["*-slim*", "*-alpine*"], not-root = true }

# The criteria from here on need an engine; `--static-only` skips them.
[[criterion]]
id = "builds"
title = "The image builds"
points = 20
build = true

# Skipped unless the criteria that it needs are met.
[[criterion]]
id = "greets"
title = "The container prints the expected greeting"
points = 20
needs = "builds"
run = [
    { title = "greets the world", stdout = "Hello, world" },
    { title = "greets the name in MY_VAR", env = { MY_VAR = "harbour" }, stdout-contains = "harbour" },
]

[[criterion]]
id = "user"
title = "The container does not run as root"
points = 10
needs = "builds"
inspect = { not-root = true }

# Points by the first step that fits.
[[criterion]]
id = "small"
title = "The image is small"
points = 10
needs = "builds"
scale = { size = [{ max = "60MB", points = 10 }, { max = "150MB", points = 5 }] }

# On top of the maximum, and hidden from students.
[[criterion]]
id = "clean"
title = "No compiler in the final image"
points = 5
bonus = true
hidden = true
needs = "builds"
files = { lacks = ["/usr/bin/gcc", "/root/.cache/**"] }

# More kinds of criteria:
#
#[[criterion]]
#id = "answers"
#points = 10
#needs = "builds"
#http = { port = 8080, path = "/health", status = 200, within = "20s" }
#
# A program or a server: it exits without an error, or is still running. Containers have no capabilities unless they are granted;
# servers that start as root and then switch users, such as nginx, need these three.
#[[criterion]]
#id = "starts"
#points = 10
#needs = "builds"
#run = { keep-running = true, cap-add = ["CHOWN", "SETGID", "SETUID"] }
#
#[[criterion]]
#id = "stops"
#points = 5
#needs = "builds"
#signal = { within = "5s" }
#
#[[criterion]]
#id = "waits"
#points = 10
#require = { compose = { services = ["app", "db"], depends-on-healthy = { app = "db" } } }
#
#[[criterion]]
#id = "project"
#points = 20
#compose = { services = ["app", "db"], http = { service = "app", port = 8080, body-contains = "ok" } }
"##;
