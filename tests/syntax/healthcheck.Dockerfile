FROM scratch
HEALTHCHECK NONE
HEALTHCHECK --retries=1 \
  CMD a \
  || b
healthcheck cmd ["a"]
