FROM scratch
RUN <<EOF
EOF
RUN a
