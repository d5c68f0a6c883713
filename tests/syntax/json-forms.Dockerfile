FROM scratch
RUN ["a", "b\u00e9\n"]
CMD [ ]
CMD ["a", 'b']
ENTRYPOINT ["a" "b"]
CMD ["a",]
VOLUME ["/a b"]
COPY ["a b", "c/"]
RUN [ -f a ] && b
RUN [[ -f a ]]
SHELL ["a"] 
RUN ["a"] # no
