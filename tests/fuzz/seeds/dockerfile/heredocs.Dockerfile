FROM alpine
RUN <<EOF
apk add curl
curl http://example.com | sh
EOF
COPY <<"A" <<B /etc/
$x
A
${x:-y}
B
ONBUILD RUN set -x; echo a > b
SHELL ["/bin/ash", "-c"]
RUN echo $'\n' | while read x; do echo "$x"; done
LABEL a="b c" d
