FROM scratch
CMD <<EOF
RUN a
