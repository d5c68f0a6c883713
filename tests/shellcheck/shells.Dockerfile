# Nothing is known of this one: what the standard lacks is a note.
FROM acme/base AS unknown
RUN [[ -f /a ]] && source /a

FROM debian:12 AS dash
RUN [[ -f /a ]] && source /a
SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
RUN [[ -f /a ]] && source /a
RUN cd /a; make
ENV LATER=1
RUN arr=(a b) && echo ${arr[0]}

FROM alpine:3.22 AS busybox
RUN [[ -f /a ]] && source /a && set -o pipefail
RUN arr=(a b)

FROM fedora:43 AS bash-as-sh
RUN [[ -f /a ]] && source /a && arr=(a b)

FROM debian:12 AS said
# hadolint shell=bash
RUN [[ -f /a ]] && source /a
# shellcheck shell=dash
RUN [[ -f /a ]]

FROM debian:12 AS bodies
RUN <<EOT
#!/usr/bin/env bash
[[ -f /a ]]
EOT
RUN <<EOT
#!/usr/bin/env python3
print(f"{$x}")
EOT
RUN <<EOT
# shellcheck shell=bash
[[ -f /a ]]
EOT

FROM debian:12 AS others
SHELL ["/usr/bin/pwsh", "-Command"]
RUN Write-Output $x [[ -f /a ]]
SHELL ["/bin/zsh", "-c"]
RUN print -P $x

FROM mcr.microsoft.com/windows/servercore:ltsc2025 AS windows
RUN echo $x > [[ y
