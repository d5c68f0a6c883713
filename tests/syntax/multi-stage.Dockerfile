ARG v=1
FROM a:$v AS b
RUN c

FROM b AS d
COPY --from=b /e /f

FROM scratch
COPY --from=d / /
