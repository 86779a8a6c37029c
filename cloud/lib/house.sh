# shellcheck shell=bash
# (grep without -q in pipes: it would end before the other side has written, and pipefail takes that for a failure)
# The machine's side: the cloud's namespaces ("house") and what joins them to the machine. Sourced by the commands.

# One file per cloud that is up on this machine, cloud-NAME: its state directory, its network. So two clouds never take
# each other's name or network, and the last one to go switches forwarding off again.
CLOUDS_UP=/run/factory-cloud

# house_pid [STATE NAME]: the house's first process as the machine sees it; fails when there is none
house_pid() {
  local pid state=${1-$STATE} name=${2-$NAME}
  [[ -s $state/house.pid ]] && pid=$(<"$state/house.pid") && [[ -d /proc/$pid ]] &&
    [[ /proc/$pid/ns/net -ef /run/netns/$name ]] && echo "$pid"
}

# Lines "NAME NET STATE" of the clouds that are up from other state directories
other_clouds() {
  local file state net
  for file in "$CLOUDS_UP"/cloud-*; do
    [[ -s $file ]] || continue
    { read -r state; read -r net; } <"$file"
    if [[ $state != "$STATE" ]] && house_pid "$state" "${file##*/cloud-}" >/dev/null; then
      echo "${file##*/cloud-} $net $state"
    fi
  done
}

name_is_taken() { other_clouds | grep "^$NAME " >/dev/null; }

# Ends the script when this cloud's name or network belongs to another cloud that is up, or its name to anything else
check_names() {
  local name net state
  while read -r name net state; do
    [[ $name != "$NAME" ]] || die "a cloud named $NAME is up already, from $state: for another one set FACTORY_CLOUD_NAME, FACTORY_CLOUD_NET and FACTORY_CLOUD_STATE"
    [[ $net != "$NET" ]] || die "$NET.0/24 is the network of the cloud $name ($state): set FACTORY_CLOUD_NET"
  done < <(other_clouds)
  if [[ ! -s $CLOUDS_UP/cloud-$NAME && ! -e $STATE/house.pid ]] &&
    { [[ -e /run/netns/$NAME ]] || ip link show "$NAME" >/dev/null 2>&1; }; then
    die "a network namespace or link $NAME exists on this machine and is not a cloud's: set FACTORY_CLOUD_NAME"
  fi
}

# Takes the name, before anything else is made
claim_name() {
  mkdir -p "$CLOUDS_UP"
  printf '%s\n%s\n' "$STATE" "$NET" >"$CLOUDS_UP/cloud-$NAME"
}

# Runs a command in the house; paths must be absolute
enter() {
  local pid
  pid=$(house_pid) || die "the cloud is not up: cloud/up starts it"
  ( cgroup_join "$BASHPID" services
    exec nsenter -t "$pid" -m -u -i -n -p -C -- "$@" )
}

house_up() {
  local mtu device
  if ! house_pid >/dev/null; then
    house_down
    claim_name
    ip netns add "$NAME"
    # pid files of a former life
    rm -rf "$PIDS" "$DATA/pg/postmaster.pid"
    mkdir -p "$LOGS" "$PIDS" "$DATA"
    resolvers
    cgroup_make
    ( cgroup_join "$BASHPID"
      exec setsid nsenter --net="/run/netns/$NAME" unshare --mount --pid --ipc --uts --cgroup --fork --kill-child \
        "$SHARE/lib/init.sh" </dev/null >"$LOGS/init.log" 2>&1 9>&- ) &
    disown
    until_ok 10 "the namespaces ($LOGS/init.log)" house_pid
  fi
  # one veth pair, one route, one NAT table
  if ! ip link show "$NAME" >/dev/null 2>&1; then
    device=$(ip -o route show default | awk '{for (i = 1; i < NF; i++) if ($i == "dev") {print $(i + 1); exit}}')
    mtu=$(cat "/sys/class/net/$device/mtu" 2>/dev/null || echo 1500)
    ip link add "$NAME" mtu "$mtu" type veth peer name uplink mtu "$mtu" netns "$NAME"
    ip addr add "$UPNET.1/30" dev "$NAME"
    ip link set "$NAME" up
    ip -n "$NAME" addr add "$UPNET.2/30" dev uplink
    ip -n "$NAME" link set uplink up
    ip -n "$NAME" route replace default via "$UPNET.1"
  fi
  ip route replace "$NET.0/24" via "$UPNET.2" dev "$NAME"
  way_out_up
  start_relay
}

# Writes down the DNS servers that the cloud's forwarder asks: the machine's. One on the machine's own loopback cannot
# be reached from another namespace; then it is the real ones behind systemd-resolved, or a relay on the machine.
resolvers() {
  local file
  mkdir -p "$DATA/house"
  for file in /etc/resolv.conf /run/systemd/resolve/resolv.conf; do
    if grep -E '^nameserver ' "$file" 2>/dev/null | grep -vE ' (127\.|::1)' >"$DATA/house/resolv.conf"; then return; fi
  done
  echo "nameserver $UPNET.1" >"$DATA/house/resolv.conf"
}

start_relay() {
  grep -qx "nameserver $UPNET.1" "$DATA/house/resolv.conf" || return 0
  [[ ! -s $STATE/relay.pid || ! -d /proc/$(<"$STATE/relay.pid") ]] || return 0
  ( cgroup_join "$BASHPID"
    exec setsid dnsmasq --keep-in-foreground --conf-file=/dev/null --bind-interfaces --listen-address="$UPNET.1" \
      --except-interface=lo --no-hosts --pid-file= --user=root </dev/null >"$LOGS/relay.log" 2>&1 9>&- ) &
  echo $! >"$STATE/relay.pid"
  disown
}

# Is the house there, and can its guests and the machine reach each other?
house_is_joined() {
  house_pid >/dev/null && ip link show "$NAME" >/dev/null 2>&1 && [[ -n $(ip route show "$NET.0/24" dev "$NAME") ]] &&
    nft list table ip "factory_cloud_$NAME" >/dev/null 2>&1 && [[ $(</proc/sys/net/ipv4/ip_forward) == 1 ]]
}

# A table of our own, so that no rule of the machine is touched and one command removes it. Where the machine
# forwards nothing by default, only a rule in its own chain can let the guests through.
way_out_up() {
  nft -f - <<N
table ip factory_cloud_$NAME
delete table ip factory_cloud_$NAME
table ip factory_cloud_$NAME {
  chain postrouting {
    type nat hook postrouting priority 100; policy accept;
    ip saddr $NET.0/23 oifname != "$NAME" masquerade
  }
}
N
  if forward_is_shut; then
    forward_rules -C 2>/dev/null || forward_rules -I
  fi
  if [[ $(</proc/sys/net/ipv4/ip_forward) != 1 ]]; then
    touch "$CLOUDS_UP/forwarding-was-off"
    echo 1 >/proc/sys/net/ipv4/ip_forward
  fi
  more_watches
}

# Guests are containers: what systemd watches in all of them counts for one user of the machine. Without room its units
# fail ("Too many open files") once there are a dozen guests.
more_watches() {
  local limit=/proc/sys/fs/inotify/max_user_instances
  (( $(<$limit) < 4096 )) || return 0
  cat $limit >"$CLOUDS_UP/inotify-instances-were"
  echo 4096 >$limit
}

# (iptables itself would create its tables: only look where they are)
forward_is_shut() { nft list chain ip filter FORWARD 2>/dev/null | grep 'policy drop' >/dev/null; }

forward_rules() {
  iptables -w "$1" FORWARD -i "$NAME" -m comment --comment "factory-cloud $NAME" -j ACCEPT &&
    iptables -w "$1" FORWARD -o "$NAME" -m comment --comment "factory-cloud $NAME" -j ACCEPT
}

way_out_down() {
  nft delete table ip "factory_cloud_$NAME" 2>/dev/null || :
  if nft list chain ip filter FORWARD >/dev/null 2>&1 && forward_rules -C 2>/dev/null; then forward_rules -D; fi
}

# The last one to go gives the machine its settings back, if the first one changed them
release_name() {
  rm -f "$CLOUDS_UP/cloud-$NAME"
  if [[ -d $CLOUDS_UP ]] && ! ls "$CLOUDS_UP"/cloud-* >/dev/null 2>&1; then
    [[ ! -e $CLOUDS_UP/forwarding-was-off ]] || echo 0 >/proc/sys/net/ipv4/ip_forward
    [[ ! -e $CLOUDS_UP/inotify-instances-were ]] ||
      cat "$CLOUDS_UP/inotify-instances-were" >/proc/sys/fs/inotify/max_user_instances
    rm -rf "$CLOUDS_UP"
  fi
}

# After this nothing of the cloud is left on the machine but files, whatever state it was in.
house_down() {
  local pid device file
  ! name_is_taken || die "$NAME is the name of another cloud that is up: nothing is touched"
  if pid=$(house_pid); then
    kill -KILL "$pid"
    for _ in {1..100}; do
      [[ -e /proc/$pid ]] || break
      sleep 0.1
    done
  fi
  if [[ -s $STATE/relay.pid ]] && grep -qs dnsmasq "/proc/$(<"$STATE/relay.pid")/cmdline"; then kill "$(<"$STATE/relay.pid")"; fi
  rm -f "$STATE/house.pid" "$STATE/relay.pid"
  cgroup_remove
  way_out_down
  ! ip link show "$NAME" >/dev/null 2>&1 || ip link del "$NAME"
  [[ ! -e /run/netns/$NAME ]] || ip netns del "$NAME" 2>/dev/null || rm -f "/run/netns/$NAME"
  # loop devices belong to the kernel, not to a namespace
  losetup -nlO NAME,BACK-FILE | while read -r device file; do
    [[ $file != "$STATE"/* ]] || losetup -d "$device"
  done
  release_name
}
