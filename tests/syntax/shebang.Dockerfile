#!/usr/bin/env docker
FROM scratch
RUN a
