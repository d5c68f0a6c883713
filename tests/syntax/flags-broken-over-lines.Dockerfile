FROM scratch
RUN --mount=type=cache,\
target=/c \
    --network=none \
    a
COPY \
  --from=b \
  c \
  d
