  #  ESCAPE = ` 
FROM scratch
RUN a `
  b
