FROM scratch
RUN -- --a
RUN -a --b
COPY --link -- a b
CMD -x
