# The image: what image/root.ts puts into a folder, and nothing else, so that there is no shell and no package manager in it.
# From scratch and not on a small base, so that the test starts the operator from the very folder that is shipped, down to
# the C library. `make image` builds it; nothing here is run on a foreign platform, so that no emulator is needed.

# The Node of the lock file (a test compares them), with the C library of Debian.
ARG NODE=node:24.21.0-trixie-slim

FROM ${NODE} AS base

FROM --platform=$BUILDPLATFORM ${NODE} AS build
WORKDIR /source
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN --mount=type=bind,from=base,target=/base \
    node image/root.ts --base /base --node /base/usr/local/bin/node /root-of-image

FROM scratch
COPY --from=build /root-of-image /
USER 65532:65532
# The flags of `npm start` (ADR 22). src/start.ts sets those that only the operator has.
ENTRYPOINT ["/usr/local/bin/node", "--max-semi-space-size=2", "--heap-growing-percent=20", "/opt/ringfence/ringfence.mjs"]
CMD ["operator"]
