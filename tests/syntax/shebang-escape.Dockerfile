#!/usr/bin/env docker
# escape=`
FROM scratch
RUN a `
RUN b
