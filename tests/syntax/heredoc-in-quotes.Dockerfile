FROM scratch
RUN echo '<<EOF' "<<EOF" \<<EOF
RUN b
