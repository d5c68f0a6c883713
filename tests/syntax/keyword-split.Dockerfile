FROM scratch
AR\
G a
C\
O\
PY a b
