# The static program and nothing else. Records rest in the volume /data, or where WOODPILE_STORE says.
FROM --platform=$BUILDPLATFORM rust:1.95-slim AS build
RUN apt-get update -q && apt-get install -qy --no-install-recommends ca-certificates python3-pip \
    && pip install --break-system-packages --no-cache-dir ziglang cargo-zigbuild
WORKDIR /src
COPY . .
ARG TARGETARCH
RUN case $TARGETARCH in arm64) target=aarch64 ;; *) target=x86_64 ;; esac \
    && release/build $target-unknown-linux-musl \
    && mkdir -p /root-folder/bin /root-folder/data /root-folder/tmp \
    && cp target/$target-unknown-linux-musl/release/woodpile /root-folder/bin/

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chown=65532:65532 /root-folder /
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 8514
ENV PATH=/bin WOODPILE_STORE=/data/woodpile.db
ENTRYPOINT ["woodpile"]
# It refuses to start before WOODPILE_PASSWORD or a token says who may ask.
CMD ["serve", "--listen", "0.0.0.0:8514"]
