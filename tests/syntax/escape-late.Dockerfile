# comment
# escape=`
FROM scratch
RUN a `
RUN b \
  c
