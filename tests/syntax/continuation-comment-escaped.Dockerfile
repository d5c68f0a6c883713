FROM scratch
RUN a \
# no continuation here \
  && b
RUN c
