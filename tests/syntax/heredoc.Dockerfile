FROM scratch
RUN <<EOF
a
  EOF
b \
# kept

EOF
RUN c
