# The image of the operator, the server pods, the check of the ISO and anwdl: the files that `npm run image` puts into one
# without a container engine. The first argument says which program runs; deploy/image/README.md says what is inside.

# Only builds; nothing of it is in the result. The digest is that of an index for all platforms. To renew it:
#   docker buildx imagetools inspect node:24-bookworm-slim
ARG BUILD_IMAGE=node:24-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d

FROM --platform=linux/amd64 ${BUILD_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json LICENSE ./
COPY src ./src
COPY deploy ./deploy
ARG SOURCE_DATE_EPOCH=1700000000
RUN apt-get update && SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH npm run image -- files --output /image

FROM scratch
COPY --from=build /image/system/ /
COPY --from=build /image/node/ /
COPY --from=build /image/program/ /
WORKDIR /app
USER 65532:65532
ENV PATH=/usr/local/bin:/usr/bin:/bin
# Two flags and a variable for a small memory: short-lived objects are few, and threads are for RSA alone.
ENV MALLOC_ARENA_MAX=2
STOPSIGNAL SIGTERM
LABEL org.opencontainers.image.title="anweddol-operator" \
      org.opencontainers.image.description="The Anweddol operator, its server pods, and anwdl" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
# Without a shell in between, so that the program itself is told to stop.
ENTRYPOINT ["/usr/local/bin/node", "--optimize-for-size", "--max-semi-space-size=2", "/app/dist/entrypoint.js"]
