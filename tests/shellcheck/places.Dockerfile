FROM debian:12
ARG dir
# Several findings in one RUN, behind continuations and comments.
RUN cd /opt; \
    # a comment, which is no line to the shell: it's gone
    rm -rf $dir/build \

    && echo `date` && \
    for f in $(ls *.txt); do echo "ä $f" $f; done

RUN echo 'it costs $5' \
 && cp $dir "ümlaut" $dir	$dir

# Another shell expands it.
RUN /bin/bash -ec 'echo $x' && su -c 'echo $x'

# The body is the script.
RUN <<EOT
#!/bin/bash
cd /srv
source $dir/env
echo $dir
EOT

# Fed to a command, it is data.
RUN cat <<EOT > /etc/motd && chmod 644 $dir
echo $dir
EOT

ONBUILD ARG later
ONBUILD RUN echo $later $other
HEALTHCHECK CMD test $dir = 1 || exit 1
ENTRYPOINT exec server $dir
CMD ["echo", "$dir"]
