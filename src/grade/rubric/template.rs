//! What `plimsoll grade --init` writes.

/// A rubric that explains itself. A test reads it, and with every comment turned into a key as well.
pub const TEMPLATE: &str = r##"# A rubric for `plimsoll grade`: what submissions get points for.
# `plimsoll grade rubric.toml submissions/` grades; `plimsoll grade --schema` prints the JSON Schema of this file.

title = "Assignment 1: a secure image"

# The version whose rules count. Rules that came later cost nobody a point, so that an upgrade in mid-term moves no mark.
# `plimsoll grade rubric.toml --freeze` prints what pins each rule that counts, and its level. What a rule finds is no part
# of that: a later version may see more, or err less. To move no mark at all, stay with one version of plimsoll for a term.
plimsoll = "0.1.0"

# The percentage of all points that is enough to pass, and what totals are rounded to.
pass = 60
round = 0.5

# How much students are told: `diff` (the change that repairs it), `hint` (what to do), or `name` (what is missing).
feedback = "hint"

# What late submissions lose, in percent of what can be had. Days are in the roster's column `days-late`; where an export
# only says "late", it is one day.
[late]
per-day = 10
most = 50

# Where the assignment is in a student's folder. Without it: the Dockerfile that lies the least deep.
#[submission]
#folder = "*assignment*1*"
#dockerfile = "**/Dockerfile"

# What engines may and may not. There is no network unless it is opened here.
[engine]
base-images = ["python:*", "docker.io/library/python:*"]
pull = "missing"
network = true
run-network = false
build-timeout = "10m"
run-timeout = "30s"
memory = "512m"

# How rules are set, as in plimsoll.toml. Configuration files and ignore comments of submissions have no effect.
[lint]
profile = "course"

# Each criterion has an id, points, and one thing that it is about.

# Findings cost points. Rules are named as in `plimsoll rule`: by name, practice, another tool's code, or glob.
[[criterion]]
id = "pinned"
title = "The base image has a version"
points = 10
rules = ["pinned"]

# Each finding costs 2, no more than 3 of one rule count, and no more than 8 points are lost.
[[criterion]]
id = "layers"
title = "Few layers, and nothing lost in them"
points = 10
practices = ["layers"]
levels = ["warn", "error"]
each = 2
repeats = 3
cap = 8

[[criterion]]
id = "slim"
title = "Nothing in the image that it does not need"
points = 10
practices = ["slim"]
levels = ["warn", "error"]
each = 2

# Facts about the files. All of them have to hold; with `partial = true` each has its share of the points.
[[criterion]]
id = "stages"
title = "Two stages: one builds, one runs"
points = 10
partial = true
require = { stages = ">= 2", copy-from-stage = true, final-base = ["*-slim*", "*-alpine*"], not-root = true }

# From here on an engine is needed; `--static-only` leaves these out.
[[criterion]]
id = "builds"
title = "The image builds"
points = 20
build = true

# Not tried unless the criteria that it needs are met.
[[criterion]]
id = "greets"
title = "It greets whom it is told to"
points = 20
needs = "builds"
run = [
    { title = "greets the world", stdout = "Hello, world" },
    { title = "greets whom MY_VAR names", env = { MY_VAR = "harbour" }, stdout-contains = "harbour" },
]

[[criterion]]
id = "user"
title = "It does not run as root"
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

# On top of what can be had, and not shown to students.
[[criterion]]
id = "clean"
title = "No compiler in the final image"
points = 5
bonus = true
hidden = true
needs = "builds"
files = { lacks = ["/usr/bin/gcc", "/root/.cache/**"] }

# More kinds:
#
#[[criterion]]
#id = "answers"
#points = 10
#needs = "builds"
#http = { port = 8080, path = "/health", status = 200, within = "20s" }
#
# A program or a server: it ends without an error, or is still running. Containers have no capabilities, unless some are given:
# servers that begin as root and go on as somebody else, as nginx does, need these three.
#[[criterion]]
#id = "starts"
#points = 10
#needs = "builds"
#run = { run-on = true, cap-add = ["CHOWN", "SETGID", "SETUID"] }
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
