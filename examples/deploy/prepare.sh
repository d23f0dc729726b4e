#!/bin/sh
# Makes what docker-compose.yml needs and is nobody else's: keys, passwords and a certificate in .secrets, the two
# public addresses in .env, a place for backups in .backup. What is there already stays as it is, so it may be run again at any time.
#   sh examples/deploy/prepare.sh [ENTRY_ADDRESS [MCH_ADDRESS]]
# DATABASE_HOST=host:port names another PostgreSQL than the container's. Needs openssl.
set -eu
umask 077

entry=${1:-https://entry.localhost}
mch=${2:-https://mch.localhost}
database=${DATABASE_HOST:-postgres:5432}
root=$(cd "$(dirname "$0")/../.." && pwd)
secrets=$root/.secrets

fail() {
  echo "$1" >&2
  exit 1
}
host_of() { echo "$1" | sed -E 's#^https://([^/:]+)(:[0-9]+)?$#\1#'; }
port_of() { echo "$1" | sed -nE 's#^https://[^/:]+:([0-9]+)$#\1#p'; }
for address in "$entry" "$mch"; do
  echo "$address" | grep -Eq '^https://[a-z0-9.-]+(:[0-9]+)?$' || fail "$address: must be https://host or https://host:port"
done
port=$(port_of "$entry")
[ "${port:-443}" != 443 ] || [ -z "$port" ] || fail "$entry: leave :443 out"
[ "$port" = "$(port_of "$mch")" ] || fail 'both addresses need the same port: one balancer listens for both'
[ "$(host_of "$entry")" != "$(host_of "$mch")" ] || fail 'the two addresses need hosts of their own'
command -v openssl >/dev/null || fail 'openssl is needed'

mkdir -p "$secrets"
chmod 700 "$secrets"

# keep NAME: standard input becomes the secret, unless it is there
keep() {
  if [ -e "$secrets/$1" ]; then cat >/dev/null; return; fi
  cat >"$secrets/.$1.new"
  # the folder keeps others out; the programs read their files as users of their own
  chmod 444 "$secrets/.$1.new"
  mv "$secrets/.$1.new" "$secrets/$1"
}
word() { openssl rand -hex 24; }

word | keep postgres_password
word | keep idp_database_password
word | keep mch_database_password
word | keep mch_client_secret
word | keep grafana_password
openssl rand -base64 32 | keep idp_master_keys
openssl rand -base64 32 | keep mch_master_keys
echo "postgres://idp:$(cat "$secrets/idp_database_password")@$database/idp" | keep idp_database_url
echo "postgres://mch:$(cat "$secrets/mch_database_password")@$database/mch" | keep mch_database_url
echo 'smtp://mail:1025' | keep mail_url

if [ ! -e "$secrets/ca.pem" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  # certificate NAME SUBJECT EXTENSION…: signed by the authority made here, whose key is thrown away
  key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }
  key "$work/ca.key"
  openssl req -x509 -new -key "$work/ca.key" -subj '/CN=single entry test authority' -days 825 \
    -addext 'keyUsage=critical,keyCertSign,cRLSign' -out "$work/ca.pem"
  certificate() {
    key "$work/$1.key"
    openssl req -new -key "$work/$1.key" -subj "/CN=$2" -out "$work/$1.csr"
    printf 'subjectAltName=%s\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n' "$3" >"$work/$1.ext"
    openssl x509 -req -in "$work/$1.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 820 \
      -extfile "$work/$1.ext" -out "$work/$1.pem" 2>/dev/null
  }
  certificate tls "$(host_of "$entry")" "DNS:$(host_of "$entry"),DNS:$(host_of "$mch")"
  certificate mail mail DNS:mail
  cat "$work/tls.pem" "$work/tls.key" | keep tls.pem
  keep mail_certificate.pem <"$work/mail.pem"
  keep mail_key.pem <"$work/mail.key"
  keep ca.pem <"$work/ca.pem"
fi

# base backups and the log of PostgreSQL, which writes as a user of its own; others cannot get past .backup
mkdir -p "$root/.backup/postgres"
chmod 700 "$root/.backup"
chmod 777 "$root/.backup/postgres"

if [ ! -e "$root/.env" ]; then
  cat >"$root/.env" <<ADDRESSES
IDP_ISSUER=$entry
MCH_ORIGIN=$mch
ENTRY_HOST=$(host_of "$entry")
MCH_HOST=$(host_of "$mch")
HTTPS_PORT=${port:-443}
ADDRESSES
fi
echo "ready: secrets in $secrets, addresses in $root/.env"
