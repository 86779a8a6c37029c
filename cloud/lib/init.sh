#!/bin/bash
# The first process of the house (network, mount, pid, ipc, uts and cgroup namespace): furnishes the mount namespace,
# then only reaps. When it is killed, all of the cloud is gone.
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/say.sh"
. "$here/settings.sh"
load_settings
read -r pid _ </proc/self/stat        # /proc is still the machine's, and so is this number

hostname "$NAME"
house=$DATA/house
mkdir -p "$house"

# sysfs of this network namespace: the agents look for devices there. libvirt_lxc gives containers the cgroup mounts
# that it sees: systemd must find a pure cgroup2 on /sys/fs/cgroup; with name=systemd or version 1 controllers there
# it leaves its group (and the memory limit) for the root of the machine's hierarchies. Version 1 goes where libvirt
# still finds it for its limits. The old /sys is unmounted: libvirt would also find mounts that are merely covered.
controllers=()
for c in cpu cpuacct cpuset memory devices freezer blkio; do
  ! grep -q "^[^ ]* /sys/fs/cgroup/$c cgroup " /proc/mounts || controllers+=("$c"); done
umount -Rl /sys
mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/{netns,libvirt,lock,cgroup1} "$PG_SOCKETS"
for c in "${controllers[@]}"; do
  mkdir "/run/cgroup1/$c"
  mount -t cgroup -o "$c" cgroup "/run/cgroup1/$c"; done
mount -t tmpfs tmpfs /dev/shm

# libvirtd dies without a user libvirt-qemu, which comes with the init scripts; its paths are compiled in
{ grep -v '^libvirt-qemu:' /etc/passwd; echo 'libvirt-qemu:x:0:0::/:/bin/false'; } >"$house/passwd"
{ grep -v '^libvirt-qemu:' /etc/group; echo 'libvirt-qemu:x:0:'; } >"$house/group"
printf '127.0.0.1 localhost\n127.0.1.1 %s\n::1 localhost\n' "$NAME" >"$house/hosts"
for f in passwd group hosts; do mount --bind "$house/$f" "/etc/$f"; done
mkdir -p /etc/libvirt /var/{lib,cache,log}/libvirt
for f in etc:/etc/libvirt lib:/var/lib/libvirt cache:/var/cache/libvirt log:/var/log/libvirt; do
  mkdir -p "$DATA/libvirt/${f%%:*}"
  mount --bind "$DATA/libvirt/${f%%:*}" "${f#*:}"; done
# PostgreSQL runs as its own user, which need not reach the state directory
mkdir -p "$DATA/pg" /run/pg
mount --bind "$DATA/pg" /run/pg
mount -t proc proc /proc
ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
# libvirt_lxc makes its copy of the mounts a slave: what is unmounted here is unmounted there too, and no container
# keeps another one's root file system mounted (two mounts of one ext4 destroy it)
mount --make-rshared /
[[ ! -e /sys/fs/cgroup/services ]] || echo $$ >/sys/fs/cgroup/services/cgroup.procs
echo "$pid" >"$STATE/house.pid"
exec perl -e '$SIG{CHLD} = "IGNORE"; sleep 3600 while 1'
