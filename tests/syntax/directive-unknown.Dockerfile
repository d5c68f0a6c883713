# frobnicate=1
# escape=`
FROM scratch
RUN a `
RUN b
