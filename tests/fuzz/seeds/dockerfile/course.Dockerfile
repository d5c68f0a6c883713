# syntax=docker/dockerfile:1
ARG VERSION=3.12
FROM python:${VERSION} AS build
WORKDIR /app
COPY . .
RUN apt-get update && apt-get install -y gcc curl \
    # a comment
    && pip install -r requirements.txt
ENV API_KEY=0123456789abcdef PATH=/app/bin:$PATH
FROM build
COPY --from=biuld /app /app
ADD https://example.com/a.tar.gz /tmp/
RUN cd /tmp && tar xf a.tar.gz && rm a.tar.gz
USER root
EXPOSE 80/TCP 70000
HEALTHCHECK CMD curl localhost
CMD python app.py
ENTRYPOINT ["./run.sh", "$HOME"]
