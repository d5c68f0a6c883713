FROM scratch
COPY --chmod=755 <<a.sh <<b.sh /bin/
a
a.sh
b
b.sh
ADD <<c /c
c
c
RUN d
