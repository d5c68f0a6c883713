FROM scratch
FORM a
apt-get update \
  && b
RUN c
