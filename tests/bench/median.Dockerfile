# syntax=docker/dockerfile:1
# The shop's service: built with all tools, run with few.
ARG NODE_VERSION=22
FROM node:${NODE_VERSION} AS build

ARG REGISTRY
ENV CI=true \
    NPM_CONFIG_FUND=false
WORKDIR /src
COPY package*.json ./
RUN npm ci && npm cache clean --force
COPY . .
RUN set -e; \
    for part in api web; do \
      npm run build --workspace "$part" || exit 1; \
    done; \
    if [ -n "$REGISTRY" ]; then echo "from $REGISTRY" > dist/origin.txt; fi

FROM debian:bookworm AS tools
RUN apt-get update && apt-get install -y \
    ca-certificates \
    curl \
    gnupg \
  && rm -rf /var/lib/apt/lists/*
RUN curl -sSL https://example.com/tool-1.2.tar.gz | tar xz -C /usr/local/bin

FROM node:${NODE_VERSION}-slim
LABEL maintainer="shop@example.com" version=1.2
RUN groupadd -r shop && useradd -r -g shop shop
WORKDIR /srv
COPY --from=tools /usr/local/bin/tool /usr/local/bin/
COPY --from=build /src/dist ./dist
COPY --from=build /src/node_modules ./node_modules
RUN chown -R shop:shop /srv && chmod 755 /srv
USER shop
EXPOSE 3000 9229
VOLUME ["/srv/data"]
HEALTHCHECK --interval=30s CMD curl -f http://localhost:3000/health || exit 1
ENTRYPOINT ["node"]
CMD ["dist/server.js"]
