# shellcheck shell=sh
# What the checks in /etc/factory/health.d have in common. Each prints one line and ends the check when all is not well.

bad() { echo "$*"; exit 1; }

# All is well, and whoever deploys is told this.
tell() { echo "$*"; exit 3; }

# unit_active UNIT
unit_active() { systemctl is-active --quiet "$1" || bad "$1 is $(systemctl is-active "$1")"; }

# disk_free DIRECTORY PERCENT: at least that much is free
disk_free() {
  free=$((100 - $(df --output=pcent "$1" | tail -1 | tr -dc 0-9)))
  [ "$free" -ge "$2" ] || bad "$1: $free % free, less than $2 %"
  echo "$1: $free % free"
}

# certificate_days FILE: at least a week is left
certificate_days() {
  end=$(date -d "$(openssl x509 -noout -enddate -in "$1" | cut -d= -f2)" +%s) || bad "$1 can not be read"
  days=$(((end - $(date +%s)) / 86400))
  [ "$days" -ge 7 ] || bad "$1: $days days left; renew it: factory certificates renew"
  echo "$1: $days days left"
}
