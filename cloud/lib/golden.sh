# shellcheck shell=bash
# The golden copy: databases, keys and images as they are after a first start, so that a later cloud needs no
# migrations. Kept in the cache under a hash of what it depends on. Sourced on both sides.

golden_key() {
  {
    echo "$STATE $IP $PROJECTS"
    for f in catalogue.py nova_setup.py defaults.py; do cat "$SHARE/lib/$f"; done
    cat "$SHARE"/config/{keystone,glance,nova,neutron,cinder,barbican}/*
    cat "$CACHE"/*/key
    dpkg-query -W -f '${Package} ${Version}\n' python3-{keystone,glance,placement,nova,neutron,cinder,barbican}
  } | sha256sum | cut -c1-12
}

golden_dir() { echo "$GOLDEN/$NAME/$(golden_key)"; }

# A copy without a second set of blocks where the file system allows it: Glance never changes a file that it has
link_tree() { cp -al "$1" "$2" 2>/dev/null || cp -a --reflink=auto "$1" "$2"; }

# restore_golden DIR: everything but the databases
restore_golden() {
  local g
  mkdir -p "$DATA"
  for g in glance glance2; do
    mkdir -p "$DATA/$g"
    rm -rf "${DATA:?}/$g/store"
    link_tree "$1/$g-store" "$DATA/$g/store"
  done
  cp -a "$1/keystone" "$1/barbican.sqlite" "$1/images.json" "$DATA/"
}

# save_golden DIR: from a cloud that was just made
save_golden() {
  local g new=$1.new
  rm -rf "${GOLDEN:?}/$NAME"
  mkdir -p "$new"
  chmod 700 "$GOLDEN"
  dump_databases | gzip >"$new/databases.sql.gz"
  for g in glance glance2; do link_tree "$DATA/$g/store" "$new/$g-store"; done
  cp -a "$DATA/keystone" "$DATA/barbican.sqlite" "$DATA/images.json" "$SECRETS" "$new/"
  mv "$new" "$1"
}
