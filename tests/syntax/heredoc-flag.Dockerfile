FROM scratch
RUN --mount=type=cache,target=/c <<EOF
a
EOF
RUN b
