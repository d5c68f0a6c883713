FROM scratch
RUN a \
# in between
  # indented
  && b
RUN c
