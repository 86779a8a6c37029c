#!/bin/sh
# busybox udhcpc's script: the address, the routes (option 121: Neutron's one to the metadata address), the resolvers
[ "$1" = bound ] || [ "$1" = renew ] || exit 0
ip addr flush dev $interface
ip addr add $ip/$mask dev $interface
[ -n "$mtu" ] && ip link set $interface mtu $mtu
set -- $staticroutes
while [ $# -ge 2 ]; do
  if [ "$2" = 0.0.0.0 ]; then ip route add $1 dev $interface 2>/dev/null; else ip route add $1 via $2 dev $interface 2>/dev/null; fi
  shift 2
done
for r in $router; do ip route add default via $r dev $interface 2>/dev/null; done
for d in $dns; do echo nameserver $d >>/etc/resolv.conf; done
echo "TINY dhcp $interface $ip/$mask gw $router mtu $mtu"
