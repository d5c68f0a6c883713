FROM scratch
\
\
RUN a
