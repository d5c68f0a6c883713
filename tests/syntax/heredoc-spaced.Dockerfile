FROM scratch
RUN cat << EOF
RUN a
EOF
RUN b
