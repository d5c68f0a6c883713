FROM scratch
RUN cat <<<x
RUN b
