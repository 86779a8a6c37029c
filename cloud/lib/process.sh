# shellcheck shell=bash
# Starting and stopping the services inside the cloud's namespaces: each has a session of its own, a pid file and a
# log file. Sourced.

# A clean environment: no foreign python, no proxies, no PYTHONDONTWRITEBYTECODE.
# SETUPTOOLS_USE_DISTUTILS: eventlet imports distutils, which otherwise drags in all of setuptools: 1 to 1.5 s of the
# 3 s of CPU that each of the 25 processes takes to start. XDG_CACHE_HOME: stevedore's cache of entry points.
SERVICE_PATH=$BIN:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
SERVICE_ENV=(env -i PATH="$SERVICE_PATH" HOME="$STATE" LANG=C.UTF-8 PYTHONPATH="$SHARE/plugins/python"
  SETUPTOOLS_USE_DISTUTILS=stdlib XDG_CACHE_HOME="$STATE/cache" FACTORY_CLOUD_ETC="$ETC"
  OS_KEYSTONE_CONFIG_DIR="$ETC/keystone" OS_PLACEMENT_CONFIG_DIR="$ETC/placement")

# Runs a command as the services run
as_service() { "${SERVICE_ENV[@]}" "$@"; }

# Runs a python program as a client of the cloud, with the system's python
as_client() {
  env -i PATH=/usr/bin:/bin LANG=C.UTF-8 HOME="$STATE" OS_CLIENT_CONFIG_FILE="$STATE/clouds.yaml" \
    FACTORY_CLOUD_ETC="$ETC" /usr/bin/python3 "$@"
}

alive() { [[ -s $PIDS/$1 ]] && kill -0 "$(<"$PIDS/$1")" 2>/dev/null; }

# start NAME COMMAND…: nothing when it is up already. exec, or $! would be a shell in between.
start() {
  local name=$1
  shift
  ! alive "$name" || return 0
  (exec "${SERVICE_ENV[@]}" setsid "$@" >>"$LOGS/$name.log" 2>&1 </dev/null 9>&-) &
  echo $! >"$PIDS/$name"
  disown
  STARTED=$((${STARTED:-0} + 1))
}

# stop_one NAME: TERM for the whole session, KILL after ten seconds
stop_one() {
  local name=$1 pid
  [[ -s $PIDS/$name ]] || return 0
  pid=$(<"$PIDS/$name")
  kill -TERM -- "-$pid" 2>/dev/null || :
  for _ in {1..100}; do
    kill -0 -- "-$pid" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL -- "-$pid" 2>/dev/null || :
  rm -f "$PIDS/$name"
}

# The same as alive, seen from the machine: pid files hold the house's numbers
alive_outside() {
  local pid
  [[ -s $PIDS/$1 ]] && pid=$(<"$PIDS/$1") && [[ -d /proc/$(house_pid)/root/proc/$pid ]]
}
