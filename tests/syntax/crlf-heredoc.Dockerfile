FROM scratch
RUN <<EOF
a
EOF
RUN b
