#!/bin/sh
# Apache in the foreground, with nothing of the machine's own configuration
set -eu
cd "$(dirname "$0")"
export ISSUER="${ISSUER:-http://localhost:3000}" CLIENT_ORIGIN="${CLIENT_ORIGIN:-http://localhost:5000}"
export CLIENT_ID="${CLIENT_ID:-sample-app}" CLIENT_SECRET="${CLIENT_SECRET:-only-for-development-sample-app-secret}"
export LISTEN="${LISTEN:-127.0.0.1:${PORT:-5000}}" BACKEND="${BACKEND:-http://127.0.0.1:8081}"
export PASSPHRASE="${PASSPHRASE:-$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')}"
RUN="$(mktemp -d)"
export RUN
exec /usr/sbin/apache2 -DFOREGROUND -f "$PWD/sample.conf"
