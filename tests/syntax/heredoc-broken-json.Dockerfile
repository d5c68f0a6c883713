FROM scratch
RUN ["a", <<EOF ]
a
EOF
RUN b
