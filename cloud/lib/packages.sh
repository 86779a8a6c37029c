#!/bin/bash
# Installs the Debian packages that the cloud is made of: the services' code (python3-*), the daemons they
# need, and what builds guest images. The services' own packages stay out: their maintainer scripts want
# debconf, a database and an init system; only their paste pipelines are taken out of them.
#   packages.sh CACHE      CACHE/paste gets the pipelines
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
cache=${1:?usage: packages.sh CACHE}

wanted=(
  # services
  python3-keystone python3-glance python3-placement python3-nova python3-neutron
  python3-cinder python3-swift python3-barbican
  # run by them or for them
  rabbitmq-server memcached uwsgi-core uwsgi-plugin-python3 python3-memcache
  postgresql-15 python3-psycopg2 python3-sqlalchemy-ext
  haproxy dnsmasq-base iptables nftables ebtables ipset conntrack bridge-utils iputils-arping
  qemu-utils genisoimage
  libvirt-daemon libvirt-daemon-driver-qemu libvirt-daemon-driver-lxc libvirt-clients python3-libvirt
  qemu-system-x86 bpftool jq
  # clients
  python3-openstackclient python3-barbicanclient python3-swiftclient
  # guest images
  mmdebstrap debootstrap python3-diskimage-builder busybox-static cpio
  # tools
  kmod binutils e2fsprogs iproute2 procps psmisc curl perl openssl fdisk util-linux
)

installed() { [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null) == ii* ]]; }

work="" policy=""
clean_up() {
  [[ -z $work ]] || rm -rf "$work"
  [[ -z $policy ]] || rm -f "$policy"
}
trap clean_up EXIT

missing=()
for p in "${wanted[@]}"; do installed "$p" || missing+=("$p"); done
if ((${#missing[@]})); then
  echo "installing ${#missing[@]} packages"
  # no daemon may start by itself
  if [[ ! -e /usr/sbin/policy-rc.d ]]; then
    policy=/usr/sbin/policy-rc.d
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  before=$(dpkg-query -W -f '${Package}\n' | sort)
  apt=(apt-get -qq -o DPkg::Lock::Timeout=900)
  # a source of the machine that does not answer is not our concern, as long as the packages come
  "${apt[@]}" update || echo "some package source did not answer"
  # --force-unsafe-io: no fsync per file
  "${apt[@]}" -o Dpkg::Options::=--force-unsafe-io install -y --no-install-recommends "${missing[@]}" >/dev/null ||
    { echo "packages: apt-get could not install ${missing[*]}: check the machine's package sources" >&2; exit 1; }
  # nor at the next boot of the machine: whatever daemon came with them is the cloud's alone
  new=$(comm -13 <(echo "$before") <(dpkg-query -W -f '${Package}\n' | sort))
  for unit in $(dpkg-query -L $new | sed -n 's,^/\(usr/\)\?lib/systemd/system/\([^/@]*\.\(service\|socket\|timer\)\)$,\2,p' | sort -u); do
    systemctl --quiet disable "$unit" 2>/dev/null || true
  done
fi

# the stamp comes last, so that an interrupted run is repeated
if [[ ! -e $cache/paste/complete ]]; then
  work=$(mktemp -d -p "${TMPDIR:-/var/tmp}")
  mkdir -p "$cache/paste"
  (
    cd "$work"
    apt-get -qq -o APT::Sandbox::User=root download {glance,nova,neutron,cinder,barbican}-common
    for d in *.deb; do dpkg-deb -x "$d" x; done
  )
  x=$work/x
  for s in nova neutron cinder; do cp "$x/usr/share/$s-common/api-paste.ini" "$cache/paste/$s-api-paste.ini"; done
  cp "$x/usr/share/glance-common/"{glance-api-paste.ini,schema-image.json} "$cache/paste/"
  cp "$x/usr/share/barbican-common/barbican-api-paste.ini" "$x/etc/cinder/resource_filters.json" "$cache/paste/"
  touch "$cache/paste/complete"
fi
