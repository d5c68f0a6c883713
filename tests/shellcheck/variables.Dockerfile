FROM debian:12
ARG given=1.2.3
ARG words="a b"
ARG bare
ARG TARGETARCH
ENV plain=/opt/x glob=*.txt blank='' from_bare=$bare from_given=v$given
# No quotes are needed where the value is known to be one word.
RUN cp $given $plain $from_given $TARGETARCH /dst
RUN cp $words $bare $glob $from_bare /dst
RUN cp $blank /dst
# Builders pass these on.
RUN echo "$http_proxy" "$no_proxy" "$HTTP_PROXY"
# Nothing declares it: in capitals it may be the base image's.
RUN echo "$undeclared" "$UNDECLARED"
RUN plain=/tmp && echo "$plain"
RUN mine=/tmp && echo "done"
