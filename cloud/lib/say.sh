# shellcheck shell=bash
# Progress lines with the elapsed time, errors, waiting. Sourced.

# Milliseconds since the epoch
now() {
  local t=${EPOCHREALTIME/[.,]/}
  echo "${t%???}"
}
FACTORY_CLOUD_T0=${FACTORY_CLOUD_T0:-$(now)}
export FACTORY_CLOUD_T0

say() {
  local ms=$(($(now) - FACTORY_CLOUD_T0))
  printf '[%4d.%ds] %s\n' $((ms / 1000)) $((ms % 1000 / 100)) "$*"
}

die() {
  printf 'cloud: %s\n' "$*" >&2
  exit 1
}

has() { [[ " $2 " == *" $1 "* ]]; }    # has WORD "LIST"

# until_ok SECONDS WHAT COMMAND…: tries again until it succeeds, or ends the script
until_ok() {
  local seconds=$1 what=$2 end
  shift 2
  end=$((SECONDS + seconds))
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || die "$what is not ready after $seconds s: see $LOGS"
    sleep 0.2
  done
}

# True when URL answers as an OpenStack API does
http_up() {
  local code
  code=$(curl -s -o /dev/null -m 5 -w '%{http_code}' "$1") || return 1
  [[ $code =~ ^(200|300|401)$ ]]
}
