FROM scratch
CMD [ \
  "a", \
  # comment
  "b" \
]
RUN c
