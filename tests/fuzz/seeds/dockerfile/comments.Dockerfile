# plimsoll: ignore[root-user, DL3008]: x
FROM debian:12
# hadolint ignore=DL3009
RUN apt-get update \
# shellcheck disable=SC2086
 && echo $a
# plimsoll: ignore-stage[al]
FROM scratch
