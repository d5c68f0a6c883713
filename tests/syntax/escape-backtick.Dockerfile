# escape=`
FROM scratch
RUN dir c:\
RUN a `
  b
RUN c ``
RUN d
