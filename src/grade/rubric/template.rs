//! The rubric that `plimsoll grade --init` writes.

/// A commented rubric. A test reads it as it is, and once more with every commented-out key enabled.
pub const TEMPLATE: &str = r##"# A rubric for `plimsoll grade`, which defines what submissions get points for.
# To grade, run `plimsoll grade rubric.toml submissions/`. `plimsoll grade --schema` prints the JSON Schema for this file.

title = "Assignment 1: a secure image"

# The version whose rules count. Newer rules are ignored, so that upgrading during a term does not add rules that cost points.
# `plimsoll grade rubric.toml --freeze` prints the rules that count and their levels, so that you can pin them here. This does not
# pin what each rule reports: a later version may find more problems or fewer false positives. To keep all marks stable, use the same
# version of plimsoll for the whole term.
plimsoll = "0.1.0"

# The pass mark as a percentage of all points, and the increment to which totals are rounded.
pass = 60
round = 0.5

# How much feedback students get: `diff` (the fix), `hint` (what to do), or `name` (the rule and the location).
feedback = "hint"

# The language of pages and feedback: `en`, `de`, `es` or `fr`. Text without a translation stays in English.
#lang = "en"

# Deduction for late submissions, as a percentage of the maximum. The number of days is in the roster's `days-late` column. If an
# export only contains "late", it counts as one day.
[late]
per-day = 10
max = 50
#due = "2026-11-20 23:59"
#grace = "15m"

# The location of the assignment in a submission. By default, the Dockerfile closest to the root is graded.
#[submission]
#directory = "*assignment*1*"
#dockerfile = "**/Dockerfile"
#max-files = 50000

# Points to add to all totals. With `best-is-full`, this is the difference between the best total and the maximum.
#[curve]
#add = 2
#best-is-full = false

# Pairs of submissions that share at least this percentage of their code are listed. This alone never costs points.
#[similarity]
#threshold = 80

# Limits and permissions for engines. Set `network = true` if `RUN` installs packages. A build with network access can reach
# everything that the grading machine can reach.
[engine]
base-images = ["python:*", "docker.io/library/python:*"]
pull = "missing"
network = false
run-network = false
build-timeout = "10m"
run-timeout = "30s"
memory = "512m"

# Rule settings, as in plimsoll.toml. Configuration files and ignore comments in submissions have no effect.
[lint]
profile = "course"

# Variants of the assignment, such as one per programming language. A submission is graded with the first variant that matches its
# files or base images. A criterion with `variant = "node"` counts only for that variant.
#[[variant]]
#id = "node"
#files = "package.json"
#bases = "node:*"

# Each criterion has an id, points, and one thing to evaluate.

# Findings cost points. Select rules as in `plimsoll rule`: by name, practice, another tool's code, or glob.
[[criterion]]
id = "pinned"
title = "The base image is pinned to a version"
points = 10
rules = ["pinned"]

# Each finding costs 2 points. At most 3 findings per rule count, and at most 8 points are lost.
[[criterion]]
id = "layers"
title = "Few layers, without leftovers"
points = 10
practices = ["layers"]
levels = ["warn", "error"]
each = 2
repeats = 3
cap = 8

# What two criteria select counts for the first of them: here, a base that is slim but old loses nothing for being slim.
[[criterion]]
id = "supported"
title = "The base image still gets updates"
points = 5
rules = ["end-of-life-base"]

[[criterion]]
id = "slim"
title = "The image contains only what it needs"
points = 5
practices = ["slim"]
levels = ["warn", "error"]
each = 2

# Requirements for the files. All of them must be met. With `partial = true`, each one earns a share of the points.
[[criterion]]
id = "stages"
title = "Separate build and runtime stages"
points = 10
partial = true
require = { stages = ">= 2", copy-from-stage = true, final-base = ["*-slim*", "*-alpine*"], not-root = true }

# The following criteria require an engine, and `--static-only` skips them.
[[criterion]]
id = "builds"
title = "The image builds"
points = 20
build = true

# This criterion is skipped unless the criteria in `needs` are met.
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

# The first matching step determines the points.
[[criterion]]
id = "small"
title = "The image is small"
points = 10
needs = "builds"
scale = { size = [{ max = "60MB", points = 10 }, { max = "150MB", points = 5 }] }

# This is measured the way `plimsoll weigh` measures it.
[[criterion]]
id = "tidy"
title = "Few bytes are wasted"
points = 5
bonus = true
needs = "builds"
weigh = { max-wasted = "2MB" }

# This criterion earns bonus points beyond the maximum, and is hidden from students.
[[criterion]]
id = "clean"
title = "No compiler in the final image"
points = 5
bonus = true
hidden = true
needs = "builds"
files = { lacks = ["/usr/bin/gcc", "/root/.cache/**"] }

# The following are more kinds of criteria:
#
#[[criterion]]
#id = "answers"
#points = 10
#needs = "builds"
#http = { port = 8080, path = "/health", status = 200, within = "20s" }
#
# The program must exit without an error or still be running. Containers have no capabilities unless you grant them. Servers that
# start as root and then switch users, such as nginx, need these three.
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
