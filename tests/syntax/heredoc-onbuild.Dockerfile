FROM scratch
ONBUILD RUN <<EOF
a
EOF
onbuild copy <<EOF /a
b
EOF
RUN c
