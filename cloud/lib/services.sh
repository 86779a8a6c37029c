# shellcheck shell=bash
# How each service is started, and where it answers. Sourced inside the house and by `status`.

# name:port[/path], in the order in which they are waited for
ENDPOINTS="keystone:5000/v3 placement:8778/ glance:9292/ glance2:9293/ nova-api:8774/ neutron-server:9696/ cinder-api:8776/
  swift-proxy:8080/healthcheck barbican:9311/"

# Everything that runs, zones' computes included
service_names() {
  local zone
  echo db rabbit memcached dns keystone placement glance glance2 nova-api nova-conductor nova-scheduler neutron-server \
    cinder-api cinder-scheduler cinder-volume swift-account swift-container swift-object swift-proxy barbican \
    neutron-linuxbridge neutron-dhcp neutron-l3 neutron-metadata
  if has qemu "$ZONES" || has lxc "$ZONES"; then echo libvirtd; fi
  for zone in $ZONES; do echo "nova-compute-$zone"; done
}

start_keystone() { start keystone uwsgi-core --ini "$ETC/keystone/uwsgi.ini"; }

start_apis() {
  local s
  start placement uwsgi-core --ini "$ETC/placement/uwsgi.ini"
  for s in nova-api nova-conductor nova-scheduler; do start "$s" "$s" --config-file "$ETC/nova/nova.conf"; done
  start neutron-server neutron-server --config-file "$ETC/neutron/neutron.conf"
  for s in glance glance2; do start "$s" glance-api --config-file "$ETC/$s/glance-api.conf"; done
  for s in cinder-api cinder-scheduler cinder-volume; do start "$s" "$s" --config-file "$ETC/cinder/cinder.conf"; done
  for s in account container object proxy; do start "swift-$s" "swift-$s-server" "$ETC/swift/$s-server.conf" -v; done
  start barbican uwsgi-core --ini "$ETC/barbican/uwsgi.ini"
}

start_agents() {
  local config=(--config-file "$ETC/neutron/neutron.conf") s
  for s in linuxbridge dhcp l3 metadata; do
    start "neutron-$s" "neutron-$s-agent" "${config[@]}" --config-file "$ETC/neutron/$s.ini"
  done
}

# One for both, QEMU and containers; at its usual socket, in this mount namespace
start_libvirt() {
  alive libvirtd && return 0
  mkdir -p /etc/libvirt/hooks
  cp "$ETC"/libvirt/*.conf /etc/libvirt/
  install -m 755 "$SHARE/plugins/libvirt/lxc" /etc/libvirt/hooks/lxc
  start libvirtd libvirtd -f /etc/libvirt/libvirtd.conf -p /run/libvirtd.pid
  until_ok 30 libvirtd virsh -c "$(has qemu "$ZONES" && echo qemu || echo lxc):///system" version
}

start_computes() {
  local zone
  if has qemu "$ZONES" || has lxc "$ZONES"; then start_libvirt; fi
  for zone in $ZONES; do
    start "nova-compute-$zone" nova-compute --config-file "$ETC/nova/nova.conf" --config-file "$ETC/nova/compute-$zone.conf"
  done
}
