FROM scratch
RUN <<-EOF
	a
  EOF
	EOF
RUN c
