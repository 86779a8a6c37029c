# shellcheck shell=bash
# Copies what the running cloud needs into the state directory, so that it depends on no clone. Sourced.

install_share() {
  local name
  rm -rf "$SHARE.new" "$BIN"
  mkdir -p "$SHARE.new" "$BIN" "$ETC" "$DATA" "$LOGS" "$STATE/client"
  chmod 755 "$STATE"
  # passwords, keys, disks
  chmod 700 "$ETC" "$DATA" "$LOGS"
  cp -r "$CLOUD/lib" "$CLOUD/plugins" "$CLOUD/config" "$SHARE.new/"
  rm -rf "$SHARE"
  mv "$SHARE.new" "$SHARE"
  share_version >"$SHARE/version"
  for name in $("$SHARE/plugins/bin/service"); do ln -s "$SHARE/plugins/bin/service" "$BIN/$name"; done
  for name in sudo ebtables; do ln -s "$SHARE/plugins/bin/$name" "$BIN/$name"; done
  for name in nova-rootwrap cinder-rootwrap neutron-rootwrap; do ln -s "$SHARE/plugins/bin/rootwrap" "$BIN/$name"; done
  # a client with the system's python, whatever the user's PATH and PYTHONPATH say
  printf '#!/bin/sh\nexec env -u PYTHONPATH -u PYTHONHOME /usr/bin/python3 /usr/bin/openstack "$@"\n' >"$STATE/client/openstack"
  chmod 755 "$STATE/client/openstack"
}

# A hash over the scripts of this clone
share_version() {
  (cd "$CLOUD" && find lib plugins config -type f ! -name '*.pyc' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) | sha256sum | cut -c1-16
}

# install_config VIRT_TYPE CPU_MODE: the paste pipelines and the rendered templates
install_config() {
  local s
  mkdir -p "$ETC"/{glance,glance2,nova,neutron,cinder,barbican,swift}
  for s in nova neutron cinder barbican; do cp "$CACHE/paste/$s-api-paste.ini" "$ETC/$s/"; done
  for s in glance glance2; do cp "$CACHE/paste/"{glance-api-paste.ini,schema-image.json} "$ETC/$s/"; done
  cp "$CACHE/paste/resource_filters.json" "$ETC/cinder/"
  [[ -s $DATA/host-uuid ]] || { mkdir -p "$DATA" && cat /proc/sys/kernel/random/uuid >"$DATA/host-uuid"; }
  /usr/bin/python3 "$SHARE/lib/render.py" "$SHARE/config" "$ETC" "$SECRETS" "$STATE/clouds.yaml" \
    IP="$IP" DATA="$DATA" ETC="$ETC" NODE="$NODE" PROJECTS="$PROJECTS" DEFAULT_ZONE="${ZONES%% *}" \
    EXTERNAL_BRIDGE="$EXTERNAL_BRIDGE" VIRT_TYPE="$1" CPU_MODE="$2" VERIFY="$FACTORY_CLOUD_VERIFY" HOST_UUID="$(<"$DATA/host-uuid")" \
    PG_PORT=$PG_PORT PG_SOCKETS="$PG_SOCKETS" MQ_PORT=$MQ_PORT MC_PORT=$MC_PORT
  # Barbican parses no arguments: it looks in ~/.barbican (HOME is the state directory)
  mkdir -p "$STATE/.barbican"
  ln -sfn "$ETC/barbican/barbican.conf" "$STATE/.barbican/barbican.conf"
}
