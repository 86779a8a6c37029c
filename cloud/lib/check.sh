# shellcheck shell=bash
# What must hold before anything is started; each failure is one line that says what to do. Sourced.

NEEDED_DISK_GIB=12
NEEDED_MEMORY_GIB=6

check_root() { [[ $(id -u) == 0 ]] || die "must be run as root (it makes namespaces, mounts and a network link): sudo $0"; }

# Holds the lock of this cloud until the script ends (descriptor 9)
take_lock() {
  mkdir -p "$STATE"
  exec 9>"$STATE/lock"
  flock -n 9 || die "another cloud/up or cloud/down is at work on $STATE: wait for it"
}

check_machine() {
  local tool
  for tool in ip nsenter unshare flock losetup awk; do
    command -v "$tool" >/dev/null || die "'$tool' is missing: install iproute2, util-linux and mawk"
  done
  command -v apt-get >/dev/null && grep -q '^VERSION_ID="12"' /etc/os-release ||
    die "this is not Debian 12: the cloud is made of its packages"
}

check_rights() {
  unshare --mount --net --pid --ipc --uts --cgroup --fork \
    sh -c 'mount -t tmpfs none /mnt && mount -t sysfs none /mnt && mount -t proc none /mnt' 2>/dev/null ||
    die "namespaces or mounts are not allowed here: a container needs --privileged (or CAP_SYS_ADMIN and no seccomp filter)"
  [[ -e /dev/net/tun ]] || die "/dev/net/tun is missing: load the module tun"
  [[ -e /dev/loop-control ]] || die "/dev/loop-control is missing: load the module loop"
}

check_disk() {
  local place free
  case $STATE in
    /run/* | /dev/* | /proc/* | /sys/*) die "FACTORY_CLOUD_STATE $STATE: the cloud has mounts of its own there: take another directory" ;;
    /*) ;;
    *) die "FACTORY_CLOUD_STATE $STATE: an absolute path is needed" ;;
  esac
  for place in "$STATE" "$CACHE"; do
    mkdir -p "$place"
    free=$(($(stat -f -c '%a * %S' "$place") >> 30))
    ((free >= NEEDED_DISK_GIB)) ||
      die "$free GiB are free under $place, $NEEDED_DISK_GIB are needed: free some, or set FACTORY_CLOUD_STATE and FACTORY_CACHE"
  done
}

check_memory() {
  local free
  free=$(awk '/^MemAvailable:/ {printf "%d", $2 / 1048576}' /proc/meminfo)
  ((free >= NEEDED_MEMORY_GIB)) ||
    die "$free GiB of memory are available, $NEEDED_MEMORY_GIB are needed: end something else first"
}

check_net() {
  local net
  check_names
  for net in "$NET" "$UPNET"; do
    ! ip -o addr show | grep -v " $NAME " | grep -F " $net." >/dev/null || die "$net.0/24 is in use on this machine: set FACTORY_CLOUD_NET"
    ! ip route show | grep -v " dev $NAME" | grep "^${net//./\\.}\." >/dev/null || die "the machine has a route to $net.0/24: set FACTORY_CLOUD_NET"
  done
}
