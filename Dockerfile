# One image for the operator, the server pods and the check of the ISO: the first argument says which.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY src ./src
COPY deploy/bundle.ts deploy/build-options.ts deploy/lean-dependencies.ts deploy/declarations.json ./deploy/
# The library is for other programs, not for the image.
RUN npm run build && rm -r dist/library

FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/dist ./dist
USER 65532:65532
# Two flags and a variable for a small memory: short-lived objects are few, and threads are for RSA alone.
ENV MALLOC_ARENA_MAX=2
ENTRYPOINT ["node", "--optimize-for-size", "--max-semi-space-size=2", "/app/dist/entrypoint.js"]
