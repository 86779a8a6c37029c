# shellcheck shell=bash
# Settings of the local cloud and the paths that follow from them. Sourced by every script, on the machine and
# inside the cloud's namespaces. Each setting can be given in the environment; a cloud that exists remembers its own.

FACTORY_CLOUD_STATE=${FACTORY_CLOUD_STATE:-/var/lib/image-factory/cloud}
STATE=$FACTORY_CLOUD_STATE
CACHE=${FACTORY_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/image-factory}/cloud

# name:default, each as FACTORY_CLOUD_<name>
SETTING_DEFAULTS=(
  "NAME:ifcloud"                        # network namespace, and the machine's end of the veth pair
  "NET:172.24.4"                        # NET.0/24 is the external network (third octet even); the next /24 joins it to the machine
  "ZONES:lxc qemu fake"                 # availability zones; a server that names none goes to the first
  "PROJECTS:build services production"  # each with an ordinary member of the same name
  "OUT_PORTS:80,443"                    # TCP ports that guests reach outside
  "VIRT:auto"                           # zone qemu: kvm, tcg, or auto: kvm when a kernel boots under it
  "VERIFY:no"                           # yes: Nova boots only images whose signature for Glance it can verify
  "OPEN_SECRETS:"                       # one of PROJECTS, whose secrets in Barbican everybody may read by their ids
  "SHUTDOWN_WAIT:60"                    # seconds that `down` gives running guests
)
# what a cloud cannot change while its state exists
FIXED_SETTINGS="NAME NET PROJECTS"

# Reads the settings that the state directory remembers, then fills in defaults. Contradictions end the script.
load_settings() {
  local entry key var kept
  declare -A remembered=()
  if [[ -s $STATE/settings ]]; then
    while IFS='=' read -r key kept; do remembered[$key]=$kept; done <"$STATE/settings"
  fi
  for entry in "${SETTING_DEFAULTS[@]}"; do
    key=${entry%%:*} var=FACTORY_CLOUD_${entry%%:*}
    kept=${remembered[$key]-}
    if [[ -n $kept && -n ${!var-} && ${!var} != "$kept" && " $FIXED_SETTINGS " == *" $key "* ]]; then
      die "$STATE belongs to a cloud with $var='$kept', not '${!var}': use another FACTORY_CLOUD_STATE, or cloud/down --purge first"
    fi
    [[ -n ${!var-} ]] || printf -v "$var" %s "${kept:-${entry#*:}}"
    export "${var?}"
  done
  export FACTORY_CLOUD_STATE
  NAME=$FACTORY_CLOUD_NAME NET=$FACTORY_CLOUD_NET ZONES=$FACTORY_CLOUD_ZONES PROJECTS=$FACTORY_CLOUD_PROJECTS
  [[ $NAME =~ ^[a-z][a-z0-9-]{0,13}$ ]] || die "FACTORY_CLOUD_NAME '$NAME': up to 14 lower-case letters, digits and dashes"
  [[ $NET =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] && ((${NET##*.} % 2 == 0)) ||
    die "FACTORY_CLOUD_NET '$NET': three octets, the third even, like 172.24.4"
  [[ $FACTORY_CLOUD_VERIFY == yes || $FACTORY_CLOUD_VERIFY == no ]] || die "FACTORY_CLOUD_VERIFY '$FACTORY_CLOUD_VERIFY': yes or no"
  [[ -z $FACTORY_CLOUD_OPEN_SECRETS ]] || has "$FACTORY_CLOUD_OPEN_SECRETS" "$PROJECTS" ||
    die "FACTORY_CLOUD_OPEN_SECRETS '$FACTORY_CLOUD_OPEN_SECRETS': one of the projects $PROJECTS"
  # the address of all listeners and of the catalogue is the external network's gateway, so that the same URLs
  # work on the machine and in the guests
  IP=$NET.1
  UPNET=${NET%.*}.$((${NET##*.} + 1))   # UPNET.1 the machine, UPNET.2 the cloud
}

# Writes the settings down, for later commands.
remember_settings() {
  local entry key var
  for entry in "${SETTING_DEFAULTS[@]}"; do
    key=${entry%%:*} var=FACTORY_CLOUD_${entry%%:*}
    printf '%s=%s\n' "$key" "${!var}"
  done >"$STATE/settings"
}

SHARE=$STATE/share          # the scripts, plugins and templates that the running cloud uses: a copy
ETC=$STATE/etc              # rendered configuration
BIN=$STATE/bin              # entry points of the services
DATA=$STATE/data            # databases, disks, images
LOGS=$STATE/log
PIDS=$STATE/pid
GOLDEN=$CACHE/golden        # databases as they are after a first start

EXTERNAL_BRIDGE=br-external
NODE=node1                  # host name of Neutron's agents, Cinder and zone qemu
PG_PORT=15432 MQ_PORT=25673 MC_PORT=21211 EPMD_PORT=24369    # on the namespace's own 127.0.0.1
PG_SOCKETS=/run/factory-cloud-pg
