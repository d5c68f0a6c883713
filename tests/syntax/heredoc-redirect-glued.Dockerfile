FROM scratch
RUN cat <<EOF>f
a
EOF
EOF>f
RUN b
