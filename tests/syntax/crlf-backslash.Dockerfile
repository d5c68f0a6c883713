FROM scratch
RUN a \
# c
  b
RUN c
