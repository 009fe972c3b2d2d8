#!/usr/bin/env bash
# Usage: debian.sh COMMAND…  Runs COMMAND with DATABASE_URL and REDIS_URL of servers from Debian's packages,
# started for the occasion on loopback with free ports, and stopped and removed afterwards.
set -euo pipefail

bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/postgres | sort -V | head -1)")
home=$(mktemp -d /tmp/portal-debian-XXXXXX)
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
postgres_port=$(free_port) redis_port=$(free_port)

# PostgreSQL refuses root.
as_owner() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

stop() {
    [ -z "${redis_pid:-}" ] || kill "$redis_pid" 2>/dev/null || true
    as_owner "$bin/pg_ctl" -D "$home/pg" -m immediate -w stop >/dev/null 2>&1 || true
    wait 2>/dev/null || true
    rm -rf "$home"
}
trap stop EXIT
trap 'exit 130' INT TERM

mkdir "$home/pg" "$home/redis"
chmod 755 "$home"
[ "$(id -u)" != 0 ] || chown postgres "$home" "$home/pg"
cd "$home"
as_owner "$bin/initdb" -D "$home/pg" -U portal -A trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null
options="-c listen_addresses=127.0.0.1 -c port=$postgres_port -c unix_socket_directories=$home"
options+=" -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
as_owner "$bin/pg_ctl" -D "$home/pg" -l "$home/postgres.log" -o "$options" -w start >/dev/null
redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$home/redis" --save "" --appendonly no >"$home/redis.log" &
redis_pid=$!
for _ in $(seq 100); do redis-cli -p "$redis_port" ping >/dev/null 2>&1 && break; sleep 0.1; done
as_owner "$bin/createdb" -h 127.0.0.1 -p "$postgres_port" -U portal portal
cd "$OLDPWD"

"$bin/postgres" --version
redis-server --version
export DATABASE_URL="postgres://portal@127.0.0.1:$postgres_port/portal" REDIS_URL="redis://127.0.0.1:$redis_port/0"
"$@"
