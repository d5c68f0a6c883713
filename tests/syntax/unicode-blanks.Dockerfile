FROM scratch
RUN　a
RUN a　
　
RUN b
 RUN c
