FROM scratch
RUN echo ${x^^} <<EOF
RUN a
