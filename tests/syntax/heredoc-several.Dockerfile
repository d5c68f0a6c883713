FROM scratch
RUN cat <<A 3<<-B > f && cat <<C
a
A
	b
	B
c
C
RUN d
