FROM scratch
RUN echo ${x:-a <<EOF b}
a
EOF
RUN b
