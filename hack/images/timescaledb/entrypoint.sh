#!/bin/bash
# Initialises the data directory on first start as the upstream image does, then runs PostgreSQL as process 1.
set -euo pipefail

[ "${1:0:1}" = '-' ] && set -- postgres "$@"
[ "$1" = postgres ] || exec "$@"

fail() { echo "error: $*" >&2; exit 1; }

# PostgreSQL refuses to run under a uid without a passwd entry, and a restricted pod may have any uid.
if ! getent passwd "$(id -u)" >/dev/null; then
  NSS_WRAPPER_PASSWD=$(mktemp) NSS_WRAPPER_GROUP=$(mktemp)
  echo "postgres:x:$(id -u):$(id -g):PostgreSQL:$PGDATA:/bin/false" > "$NSS_WRAPPER_PASSWD"
  echo "postgres:x:$(id -g):" > "$NSS_WRAPPER_GROUP"
  LD_PRELOAD=$(echo /usr/lib/*/libnss_wrapper.so)
  export LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
fi

# Beside the data, because initdb wants an empty directory: it outlives a kill in the middle of initialising, so that the next
# start begins again instead of running on half a database.
marker="$(dirname "$PGDATA")/.initialising"

initialise() {
  local user="${POSTGRES_USER:-postgres}" password="${POSTGRES_PASSWORD:-}"
  [ -z "${POSTGRES_PASSWORD_FILE:-}" ] || password=$(cat "$POSTGRES_PASSWORD_FILE")
  [ -n "$password" ] || fail 'database is uninitialised and neither POSTGRES_PASSWORD nor POSTGRES_PASSWORD_FILE is set'
  if [ -e "$marker" ]; then find "$PGDATA" -mindepth 1 -delete 2>/dev/null || true; fi
  touch "$marker" 2>/dev/null || true

  initdb --username="$user" --pwfile=<(printf '%s\n' "$password") --encoding=UTF8 --locale=C.UTF-8 \
    --auth-local=trust --auth-host=scram-sha-256 >/dev/null
  cat >> "$PGDATA/postgresql.conf" <<CONF
listen_addresses = '*'
unix_socket_directories = '/var/run/postgresql'
shared_preload_libraries = 'timescaledb'
timescaledb.telemetry_level = off
password_encryption = 'scram-sha-256'
jit = off
CONF
  printf 'host all all all scram-sha-256\n' >> "$PGDATA/pg_hba.conf"

  pg_ctl -D "$PGDATA" -w -s -o "-c listen_addresses='' -c log_min_messages=warning" start
  local database="${POSTGRES_DB:-$user}"
  psql_do() { psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$user" --quiet "$@"; }
  if [ "$database" != postgres ]; then
    psql_do --dbname postgres --set db="$database" <<<'CREATE DATABASE :"db";'
  fi
  for name in template1 "$database"; do psql_do --dbname "$name" -c 'CREATE EXTENSION IF NOT EXISTS timescaledb' 2>/dev/null; done
  pg_ctl -D "$PGDATA" -m fast -w -s stop
  rm -f "$marker"
  echo 'PostgreSQL init process complete; ready for start up.'
}

mkdir -p "$PGDATA"
chmod 0700 "$PGDATA" 2>/dev/null || true
if [ ! -s "$PGDATA/PG_VERSION" ] || [ -e "$marker" ]; then initialise; fi
exec "$@"
