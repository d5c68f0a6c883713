FROM debian:12
RUN find -type f -name '*.a' -delete; find; find -L -name x; find . -type f; find "$HOME"; find --help
RUN sudo find -name a && sh -c 'find -name a' && cd "$(find -maxdepth 1)"
RUN mkdir -p -m 777 /srv/app && mkdir --mode 700 --parents a/b && mkdir -m 700 a/b && mkdir -p -m 700 /srv ../a
RUN ln -s ../include && ln -nfs /a b && ln -st /usr/bin /a && ln -s a/* && cp a && mv a && cp "$a" && mv *
RUN <<EOF
# shellcheck disable=SC2185
find -name a
EOF
RUN ["find", "-name", "a"]
RUN set -eux; ! grep -q a b; ! { ldd c | grep 'not found'; }; ! a || exit 1; if ! a; then b; fi; ! a
RUN ! grep -q a b; c
