FROM scratch
RUN ["a", "<<EOF"]
RUN b
