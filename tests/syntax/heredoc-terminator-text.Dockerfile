FROM scratch
RUN <<EOF
a
EOF b
EOF 
EOF
RUN c
