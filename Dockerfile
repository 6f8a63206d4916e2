# One image for every service: the command says which, e.g. `apps/prison/src/main.js`. docker-compose.yml shows all of them.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/root/.npm script/image-tree /image

# Node, the libraries it is linked to, our code and the packages it loads; no shell, no package manager.
FROM scratch
COPY --from=build /image/ /
# So that an empty volume put here belongs to who runs.
COPY --from=build --chown=1000:1000 /image/var/lib/chuanyu/ /var/lib/chuanyu/
WORKDIR /app
USER 1000:1000
ENV CHUANYU_DATA=/var/lib/chuanyu CHUANYU_HTTP=0.0.0.0:4100
EXPOSE 4100
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --start-interval=2s CMD ["/usr/local/bin/node", "-e", "fetch(`http://${process.env.CHUANYU_HTTP}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/usr/local/bin/node", "--enable-source-maps", "--disable-warning=ExperimentalWarning", "--disable-warning=TimeoutNegativeWarning", "--require=reflect-metadata"]
CMD ["apps/gateway/src/main.js"]
