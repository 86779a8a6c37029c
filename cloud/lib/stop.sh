#!/bin/bash
# Stops guests and services in good order, inside the house; called by `down`.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for f in say settings process; do . "$here/$f.sh"; done
load_settings

# "URI NAME" of each running guest
guests() {
  local uri
  for uri in qemu lxc; do virsh -q -c "$uri:///system" list --name 2>/dev/null | sed -n "s/..*/$uri &/p"; done
}

# the computes first, or they would take it for the owner's wish and leave the guests off at the next start
for f in "$PIDS"/nova-compute-*; do [[ ! -e $f ]] || stop_one "${f##*/}" & done
wait
if alive libvirtd; then
  guests | while read -r uri guest; do virsh -q -c "$uri:///system" shutdown "$guest" >/dev/null 2>&1 & done
  for ((i = 0; i < FACTORY_CLOUD_SHUTDOWN_WAIT; i++)); do
    [[ -n $(guests) ]] || break
    sleep 1
  done
  guests | while read -r uri guest; do
    say "$guest does not shut down: destroyed"
    virsh -q -c "$uri:///system" destroy "$guest"
  done
  sync
fi
say "guests are down"
# all services at once; the database, the queue and the cache last
for f in "$PIDS"/*; do
  case ${f##*/} in db | rabbit | memcached | '*') ;; *) stop_one "${f##*/}" & ;; esac
done
wait
for name in rabbit memcached db; do stop_one $name & done
wait
