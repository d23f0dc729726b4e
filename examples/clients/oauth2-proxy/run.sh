#!/bin/sh
# the sample's settings, and what the environment says otherwise; a Go of today builds the version that go.mod names
set -eu
cd "$(dirname "$0")"
[ -z "${ISSUER:-}" ] || export OAUTH2_PROXY_OIDC_ISSUER_URL="$ISSUER" OAUTH2_PROXY_WHITELIST_DOMAINS="${ISSUER#*://}"
[ -z "${CLIENT_SECRET:-}" ] || export OAUTH2_PROXY_CLIENT_SECRET="$CLIENT_SECRET"
[ -z "${CLIENT_ORIGIN:-}" ] || export OAUTH2_PROXY_REDIRECT_URL="$CLIENT_ORIGIN/oauth2/callback"
[ -z "${PORT:-}" ] || export OAUTH2_PROXY_HTTP_ADDRESS="127.0.0.1:$PORT"
[ -z "${BACKEND:-}" ] || export OAUTH2_PROXY_UPSTREAMS="$BACKEND/"
if command -v oauth2-proxy >/dev/null; then exec oauth2-proxy --config sample.cfg "$@"; fi
exec go tool oauth2-proxy --config sample.cfg "$@"
