#!/bin/sh
# Installs the woodpile program for Linux: downloads a release, checks its sum, puts it into a folder of the PATH.
#   WOODPILE_VERSION  a release such as v0.1.0; the latest without it
#   WOODPILE_BIN      the folder; /usr/local/bin where it can be written to, else ~/.local/bin
#   WOODPILE_RELEASES where releases are, for a mirror
set -eu

releases=${WOODPILE_RELEASES:-https://github.com/woodpile-logs/woodpile/releases}
version=${WOODPILE_VERSION:-latest}

fail() { echo "woodpile is not installed: $*" >&2; exit 1; }

[ "$(uname -s)" = Linux ] || fail "there are programs for Linux only; elsewhere, cargo install woodpile"
case $(uname -m) in
    x86_64 | amd64) target=x86_64-unknown-linux-musl ;;
    aarch64 | arm64) target=aarch64-unknown-linux-musl ;;
    *) fail "there is no program for $(uname -m); cargo install woodpile builds one" ;;
esac
case $version in
    latest) from=$releases/latest/download ;;
    *) from=$releases/download/$version ;;
esac
if [ -n "${WOODPILE_BIN:-}" ]; then bin=$WOODPILE_BIN
elif [ -w /usr/local/bin ]; then bin=/usr/local/bin
else bin=$HOME/.local/bin; fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
archive=woodpile-$target.tar.gz
for file in "$archive" "$archive.sha256"; do
    curl -fsSL --retry 3 -o "$work/$file" "$from/$file" || fail "$from/$file cannot be downloaded"
done
(cd "$work" && sha256sum -c "$archive.sha256" >/dev/null) || fail "$archive is damaged: its sum is not the published one"
tar -xzf "$work/$archive" -C "$work"
mkdir -p "$bin"
install -m 755 "$work/woodpile" "$bin/woodpile" || fail "$bin cannot be written to; name another with WOODPILE_BIN"

echo "installed $("$bin/woodpile" --version) as $bin/woodpile"
case :$PATH: in
    *:"$bin":*) ;;
    *) echo "$bin is not in your PATH: export PATH=\"$bin:\$PATH\"" ;;
esac
