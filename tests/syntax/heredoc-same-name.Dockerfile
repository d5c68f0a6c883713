FROM scratch
RUN cat <<A <<A
a
A
b
A
RUN c
