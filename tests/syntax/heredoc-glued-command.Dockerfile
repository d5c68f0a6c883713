FROM scratch
RUN cat<<EOF
RUN a
