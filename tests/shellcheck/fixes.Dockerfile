FROM debian:12
ARG dir
RUN cp $dir /srv && \
    x=`date` && echo "$x" \
    && cd /srv; make
RUN echo 'cost $5' $(cat list) | grep -v ^#
RUN find -type f && find -L -name a && ln -s ../b
