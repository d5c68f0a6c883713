FROM scratch
LABEL größe="ü ß" 名=日本
RUN echo '日本語' \
  # コメント
  é
