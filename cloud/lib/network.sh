# shellcheck shell=bash
# The external network inside the house: its bridge, what guests may reach outside, the DNS forwarder. Sourced there.

external_bridge() {
  ip link show "$EXTERNAL_BRIDGE" >/dev/null 2>&1 || ip link add "$EXTERNAL_BRIDGE" type bridge
  ip addr replace "$IP/24" dev "$EXTERNAL_BRIDGE"
  ip link set "$EXTERNAL_BRIDGE" up
}

# Guests: answers to whoever asked from the machine, web ports outside, and every DNS server that they are told of is
# the forwarder below.
guest_rules() {
  local from=(-i "$EXTERNAL_BRIDGE") out=(-i "$EXTERNAL_BRIDGE" -o uplink)
  ! iptables -w -C FORWARD "${out[@]}" -j REJECT 2>/dev/null || return 0
  iptables -w -A FORWARD "${out[@]}" -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
  iptables -w -A FORWARD "${out[@]}" -p tcp -m multiport --dports "$FACTORY_CLOUD_OUT_PORTS" -j ACCEPT
  iptables -w -A FORWARD "${out[@]}" -j REJECT
  # the machine's way out may take less than the guests' MTU (1450): without this each connection stalls for seconds
  iptables -w -t mangle -A FORWARD -o uplink -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
  iptables -w -t nat -A PREROUTING "${from[@]}" -p udp --dport 53 -j REDIRECT
  iptables -w -t nat -A PREROUTING "${from[@]}" -p tcp --dport 53 -j REDIRECT
}

start_dns() {
  start dns dnsmasq --keep-in-foreground --conf-file=/dev/null --bind-interfaces --listen-address="$IP" \
    --except-interface=lo --no-hosts --resolv-file="$DATA/house/resolv.conf" --pid-file= --user=root --cache-size=1000
}
