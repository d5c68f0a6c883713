FROM scratch
RUN <<'E O F' <<"X"
a
E O F
b
X
RUN c
