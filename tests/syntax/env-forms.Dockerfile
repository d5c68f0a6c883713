FROM scratch
ENV a b c=d
ENV a=b \
    c="d e" \
    f=
ENV a='b c' d\ e=f
LABEL "a"="b" 'c'=d
ARG a b=c d="e f"
