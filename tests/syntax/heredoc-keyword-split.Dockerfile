FROM scratch
RU\
N <<EOF
a
EOF
RUN b
