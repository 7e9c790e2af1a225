# The web client.
FROM node:22-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-fund --no-audit
COPY web ./
RUN npm run build

# The server.
FROM golang:1.26-bookworm AS server
RUN apt-get update && apt-get install -y --no-install-recommends libopus-dev pkg-config && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=web /src/web/dist ./web/dist
ARG VERSION=dev
RUN go build -tags=nolibopusfile -trimpath -ldflags "-X main.version=${VERSION}" -o /parley ./cmd/parley \
 && mkdir /data

# What runs: libopus, and espeak-ng for the spoken notices, as nobody, on a
# read-only root; /data is the only folder that is written to.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends libopus0 ca-certificates espeak-ng && rm -rf /var/lib/apt/lists/*
COPY --from=server /parley /usr/local/bin/parley
COPY --from=server --chown=65534:65534 /data /data
USER 65534:65534
VOLUME /data
ENV PARLEY_DATA=/data PARLEY_LISTEN=0.0.0.0:8080 PARLEY_MEDIA_PORT=7882 PARLEY_TURN_PORT=3478
EXPOSE 8080/tcp 7882/udp 7882/tcp 3478/udp 3478/tcp
HEALTHCHECK --interval=30s --timeout=5s CMD ["parley", "health"]
ENTRYPOINT ["parley"]
CMD ["serve"]
