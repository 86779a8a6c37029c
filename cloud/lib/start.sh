#!/bin/bash
# Starts inside the house what is down; called by `up`.   start.sh [GOLDEN]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for f in say settings process secrets database golden migrate network services; do . "$here/$f.sh"; done
load_settings
golden=${1-}

mkdir -p "$DATA"/{glance,glance2}/{store,staging,tasks} "$DATA"/{nova,nova-lxc}/instances "$DATA"/{neutron,cinder/volumes,swift/sdb1,lock}
from_golden=""
[[ -e $DATA/made || ! -d $golden ]] || from_golden=1

### database, queue, cache, network
start_queue
start_cache
[[ -z $from_golden ]] || restore_golden "$golden"
start_database
[[ -z $from_golden ]] || zcat "$golden/databases.sql.gz" | load_databases
keystone_keys
[[ -s $ETC/swift/object.ring.gz ]] || as_service /usr/bin/python3 "$SHARE/lib/swift_rings.py" "$ETC/swift"
external_bridge
guest_rules
start_dns

### schema and catalogue: from the golden copy, or made now
if [[ ! -e $DATA/made && -z $from_golden ]]; then
  say "making the databases (first start)"
  create_databases
  migrate_all
  say "databases are made"
  start_keystone
  until_ok 60 keystone http_up "http://$IP:5000/v3"
  as_service /usr/bin/python3 "$SHARE/lib/catalogue.py" "$IP" "$SECRETS" "$PROJECTS"
  say "projects, users and catalogue are made"
fi
[[ -z $from_golden ]] || touch "$DATA/defaults"
touch "$DATA/made"

### everything else, at once
say "starting the services"
start_keystone
until_ok 60 RabbitMQ queue_answers
if [[ -n $FACTORY_CLOUD_OPEN_SECRETS ]]; then
  until_ok 60 keystone http_up "http://$IP:5000/v3"
  as_client "$SHARE/lib/open_secrets.py" "$FACTORY_CLOUD_OPEN_SECRETS" "$ETC/barbican/policy.yaml"
fi
start_apis
for e in $ENDPOINTS; do
  until_ok 180 "${e%%:*}" http_up "http://$IP:${e#*:}"
  say "${e%%:*} answers"
done
if [[ ! -e $DATA/defaults ]]; then
  as_client "$SHARE/lib/defaults.py" "$NET"
  as_client "$SHARE/lib/upload_images.py" "$CACHE" "$DATA/images.json"
  [[ -z $golden ]] || save_golden "$golden"
  touch "$DATA/defaults"
  say "flavors, external network and images are made; golden copy kept"
fi
# only now: an RPC call made before the server's queue exists is lost, and the caller waits a full minute
start_agents
start_computes
as_client "$SHARE/lib/upload_images.py" "$CACHE" "$DATA/images.json"
if ((${STARTED:-0} > 0)); then
  # shellcheck disable=SC2086
  as_client "$SHARE/lib/ready.py" 4 "$NODE" $ZONES
fi
