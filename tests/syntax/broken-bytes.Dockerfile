FROM scratch
RUN a ÿþ b \
 Ã
LABEL a=â‚
RUN c
