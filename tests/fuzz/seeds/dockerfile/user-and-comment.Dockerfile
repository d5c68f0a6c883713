FROM a
USER app #
RUN a
