FROM a
ARG A <
RUN echo $A
