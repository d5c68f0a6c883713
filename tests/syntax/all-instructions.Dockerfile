# syntax=docker/dockerfile:1
ARG base=debian:13
FROM --platform=$BUILDPLATFORM ${base} AS build
MAINTAINER Ada <ada@example.test>
LABEL a=b "c d"="e f"
ENV A=1 B="two words" C=three\ words
WORKDIR /srv
USER 1000:1000
SHELL ["/bin/bash", "-euc"]
RUN make
COPY --chown=1:1 a b/
ADD --checksum=sha256:0000000000000000000000000000000000000000000000000000000000000000 https://example.test/a /a
VOLUME ["/data"]
EXPOSE 80 443/udp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s --start-interval=1s --retries=2 CMD ["true"]
ONBUILD RUN make test
ENTRYPOINT ["/srv/run"]
CMD ["--help"]
