#!/bin/sh
# A role and a database for each program, on a server reached as its superuser. Run again, it sets the passwords anew.
#   PGHOST=… PGUSER=postgres SECRETS=.secrets sh examples/deploy/databases.sh
set -eu
SECRETS=${SECRETS:-/run/secrets}
if [ -n "${PGPASSWORD_FILE:-}" ]; then
  PGPASSWORD=$(cat "$PGPASSWORD_FILE")
  export PGPASSWORD
fi

for name in idp mch; do
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=name="$name" --set=secrets="$SECRETS" --dbname=postgres <<'SQL'
\set file :secrets / :name _database_password
\set password `cat :file`
select format('create role %I', :'name')
  where not exists (select from pg_roles where rolname = :'name') \gexec
alter role :"name" login password :'password';
select format('create database %I owner %I', :'name', :'name')
  where not exists (select from pg_database where datname = :'name') \gexec
revoke all on database :"name" from public;
SQL
done
echo 'the databases are there'
