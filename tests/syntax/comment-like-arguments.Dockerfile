FROM scratch
RUN a # b
ENV a=#b
  #RUN c
RUN d
