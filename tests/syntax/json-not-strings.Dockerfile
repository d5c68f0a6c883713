FROM scratch
RUN ["a", 1]
RUN b
