FROM scratch
RUN a \
  && b \
  && c
RUN d
