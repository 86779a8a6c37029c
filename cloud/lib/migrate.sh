# shellcheck shell=bash
# The databases' schemas and the catalogue, from nothing. Sourced inside the house.

keystone_keys() {
  local kind i
  [[ ! -d $DATA/keystone/fernet-keys ]] || return 0
  mkdir -p "$DATA"/keystone/{fernet-keys,credential-keys}
  chmod 700 "$DATA"/keystone/*
  # a fernet key is 32 random bytes in base64; 0 is the staged key, 1 the primary
  for kind in fernet credential; do
    for i in 0 1; do
      head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n' >"$DATA/keystone/$kind-keys/$i"
    done
  done
  chmod 600 "$DATA"/keystone/*/*
}

migrate_keystone() {
  as_service keystone-manage --config-file "$ETC/keystone/keystone.conf" db_sync
  # the password by environment: arguments can be read by anyone
  as_service bash -c 'OS_BOOTSTRAP_PASSWORD=$(sed -n "s/^PASSWORD_admin=//p" "$1") exec "${@:2}"' - "$SECRETS" \
    keystone-manage --config-file "$ETC/keystone/keystone.conf" bootstrap --bootstrap-region-id RegionOne \
    --bootstrap-admin-url "http://$IP:5000/v3" --bootstrap-public-url "http://$IP:5000/v3" \
    --bootstrap-internal-url "http://$IP:5000/v3"
}
migrate_glance() { as_service glance-manage --config-file "$ETC/glance/glance-api.conf" db_sync; }
migrate_glance2() { as_service glance-manage --config-file "$ETC/glance2/glance-api.conf" db_sync; }
migrate_placement() { as_service placement-manage --config-dir "$ETC/placement" db sync; }
migrate_nova() {
  as_service /usr/bin/python3 "$SHARE/lib/nova_setup.py" "postgresql+psycopg2://cloud@127.0.0.1:$PG_PORT/nova_cell0" \
    fake1 "$NODE" lxc1 --config-file "$ETC/nova/nova.conf"
}
migrate_neutron() { as_service neutron-db-manage --config-file "$ETC/neutron/neutron.conf" upgrade heads; }
migrate_cinder() { as_service cinder-manage --config-file "$ETC/cinder/cinder.conf" db sync; }
migrate_barbican() { as_service barbican-db-manage --dburl "sqlite:///$DATA/barbican.sqlite" upgrade; }

# All at once
migrate_all() {
  local s job jobs=()
  for s in keystone glance glance2 placement nova neutron cinder barbican; do
    "migrate_$s" >"$LOGS/migrate-$s.log" 2>&1 &
    jobs+=("$s:$!")
  done
  for job in "${jobs[@]}"; do
    wait "${job#*:}" || die "the database of ${job%:*} could not be made: see $LOGS/migrate-${job%:*}.log"
  done
}
