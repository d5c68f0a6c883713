FROM scratch
RUN aRUN b
RUN c
