FROM debian:12
ARG dir
RUN cp $dir /srv && \
    x=`date` && echo "$x" \
    && cd /srv; make
RUN echo 'cost $5' $(cat list) | grep -v ^#
