# shellcheck shell=bash
# PostgreSQL, RabbitMQ and memcached, on the house's own loopback address. Sourced inside the house.

PG_BIN=/usr/lib/postgresql/15/bin
PSQL=(psql -qXh 127.0.0.1 -p "$PG_PORT" -U cloud -d postgres)
AS_POSTGRES=(setpriv --reuid postgres --regid postgres --clear-groups)
DATABASES="keystone glance glance2 placement nova_api nova nova_cell0 neutron cinder"

start_database() {
  chown postgres: "$PG_SOCKETS" /run/pg
  if [[ ! -s /run/pg/PG_VERSION ]]; then
    chmod 700 /run/pg
    (cd / && "${AS_POSTGRES[@]}" "$PG_BIN/initdb" -D /run/pg -A trust -U cloud -E UTF8 --locale=C.UTF-8 -N >"$LOGS/initdb.log")
    echo "include '/run/pg/cloud.conf'" >>/run/pg/postgresql.conf
  fi
  install -o postgres -m 600 "$ETC/postgresql/cloud.conf" /run/pg/cloud.conf
  start db "${AS_POSTGRES[@]}" "$PG_BIN/postgres" -D /run/pg
  until_ok 30 PostgreSQL "$PG_BIN/pg_isready" -h 127.0.0.1 -p "$PG_PORT" -U cloud -d postgres
}

create_databases() {
  local name
  for name in $DATABASES; do "${PSQL[@]}" -c "create database $name" 2>/dev/null || :; done
}

dump_databases() {
  pg_dumpall -h 127.0.0.1 -p "$PG_PORT" -U cloud -l postgres --no-role-passwords | grep -v '^CREATE ROLE\|^ALTER ROLE'
}

load_databases() { "${PSQL[@]}" -o /dev/null; }

start_queue() {
  mkdir -p "$DATA/rabbit"
  start rabbit env RABBITMQ_NODENAME=cloud@localhost RABBITMQ_MNESIA_BASE="$DATA/rabbit" \
    RABBITMQ_LOG_BASE="$LOGS" RABBITMQ_LOGS=- RABBITMQ_CONFIG_FILE="$ETC/rabbitmq/rabbitmq.conf" \
    RABBITMQ_ENABLED_PLUGINS_FILE="$ETC/rabbitmq/enabled_plugins" RABBITMQ_CONF_ENV_FILE=/dev/null \
    RABBITMQ_DIST_PORT=$((MQ_PORT + 1)) ERL_EPMD_PORT=$EPMD_PORT ERL_EPMD_ADDRESS=127.0.0.1 \
    RABBITMQ_SERVER_ERL_ARGS="+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none" \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}" \
    /usr/lib/rabbitmq/bin/rabbitmq-server
}

queue_answers() {
  (exec 3<>/dev/tcp/127.0.0.1/$MQ_PORT && printf 'AMQP\0\0\11\1' >&3 && read -rN 1 -t 5 <&3) 2>/dev/null
}

start_cache() { start memcached memcached -u root -l 127.0.0.1 -p "$MC_PORT" -m 64; }
