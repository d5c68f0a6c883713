FROM scratch
RUN cat <<EOF \
  > f \
  # comment
  && b
a
EOF
RUN c
