# Base images for the course's exercises, where no registry can be reached: Debian's own packages, in layers as the official
# images have them. What the full ones have and the slim ones lack (curl, then git, then compilers) lies in three layers
# below the language. `.ci/engines` builds each target and gives it the names that exercises and their repairs use.
ARG DEBIAN=debian:trixie-slim

FROM $DEBIAN AS curl
ARG APT="apt-get install -y -qq --no-install-recommends"
RUN apt-get update -qq && $APT ca-certificates curl >/dev/null && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin

FROM curl AS git
RUN apt-get update -qq && $APT git >/dev/null && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin

FROM git AS compilers
RUN apt-get update -qq && $APT g++ make pkg-config libssl-dev zlib1g-dev >/dev/null && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin

FROM $DEBIAN AS certificates
ARG APT="apt-get install -y -qq --no-install-recommends"
RUN apt-get update -qq && $APT ca-certificates netbase tzdata >/dev/null && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin

FROM certificates AS python-slim
RUN apt-get update -qq && $APT python3 python3-pip >/dev/null && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin \
    && ln -s python3 /usr/bin/python && rm -f /usr/lib/python3*/EXTERNALLY-MANAGED
CMD ["python3"]

FROM compilers AS python
RUN apt-get update -qq && $APT netbase tzdata >/dev/null && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin
RUN apt-get update -qq && $APT python3 python3-pip python3-dev >/dev/null && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin \
    && ln -s python3 /usr/bin/python && rm -f /usr/lib/python3*/EXTERNALLY-MANAGED
CMD ["python3"]

FROM $DEBIAN AS node-slim
ARG APT="apt-get install -y -qq --no-install-recommends"
RUN useradd --create-home --uid 1000 node
RUN apt-get update -qq && $APT nodejs npm >/dev/null && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin
CMD ["node"]

FROM compilers AS node
RUN useradd --create-home --uid 1000 node
RUN apt-get update -qq && $APT nodejs npm >/dev/null && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin
CMD ["node"]

FROM certificates AS jre
RUN apt-get update -qq && $APT openjdk-21-jre-headless >/dev/null && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin

FROM certificates AS jdk
RUN apt-get update -qq && $APT openjdk-21-jdk-headless >/dev/null && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin
CMD ["jshell"]

FROM compilers AS gcc
RUN ldconfig
CMD ["bash"]
