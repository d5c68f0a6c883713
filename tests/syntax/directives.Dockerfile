# syntax=docker/dockerfile:1.7-labs
# check=skip=StageNameCasing;error=true
# escape=\
FROM scratch AS A
RUN a \
 b
