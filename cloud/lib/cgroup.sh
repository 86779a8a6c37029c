# shellcheck shell=bash
# The cloud's control groups on the machine: one group of its name in every hierarchy, so that two clouds do not
# meet and `down` finds whatever is left. Sourced.

# The hierarchies' roots on this machine: pure version 2, or version 1 beside it
cgroup_roots() {
  local dir
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    echo /sys/fs/cgroup
    return
  fi
  for dir in /sys/fs/cgroup/{unified,cpu,cpuacct,cpuset,memory,devices,freezer,blkio}; do
    # cpu may be a link to cpu,cpuacct
    [[ -L $dir || ! -e $dir/cgroup.procs ]] || echo "$dir"
  done
}

cgroup_make() {
  local root file
  while read -r root; do
    mkdir -p "$root/$NAME"
    # a new version 1 cpuset takes nobody in before it has processors and memory
    for file in cpuset.cpus cpuset.mems; do
      [[ ! -e $root/cpuset.cpus || -e $root/cgroup.controllers ]] || cat "$root/$file" >"$root/$NAME/$file"
    done
    if [[ -e $root/cgroup.controllers ]]; then
      cgroup_delegate "$root"
      # version 2 allows no processes beside child groups that have controllers: libvirt's are children
      mkdir -p "$root/$NAME/services"
    fi
  done < <(cgroup_roots)
}

# libvirt takes version 2 for unusable where no controller reaches it
cgroup_delegate() {
  local c
  for c in $(<"$1/cgroup.controllers"); do
    has "$c" "$(<"$1/cgroup.subtree_control")" || { echo "+$c" >"$1/cgroup.subtree_control" && echo "$c" >>"$STATE/delegated"; }
  done
}

# Takes that back, unless another cloud has come to need it
cgroup_undelegate() {
  local c root
  [[ -s $STATE/delegated ]] || return 0
  while read -r root; do
    [[ -e $root/cgroup.controllers ]] || continue
    while read -r c; do echo "-$c" >"$root/cgroup.subtree_control" 2>/dev/null || :; done <"$STATE/delegated"
  done < <(cgroup_roots)
  rm -f "$STATE/delegated"
}

# cgroup_join PID [SUBGROUP of version 2]
cgroup_join() {
  local root
  while read -r root; do
    if [[ -e $root/cgroup.controllers ]]; then
      echo "$1" >"$root/$NAME${2:+/$2}/cgroup.procs"
    else
      echo "$1" >"$root/$NAME/cgroup.procs"
    fi
  done < <(cgroup_roots)
}

# Kills what is in them and removes them
cgroup_remove() {
  local root
  while read -r root; do
    [[ -d $root/$NAME ]] || continue
    [[ ! -e $root/$NAME/cgroup.kill ]] || echo 1 >"$root/$NAME/cgroup.kill"
    for _ in {1..50}; do
      find "$root/$NAME" -depth -type d -exec rmdir {} + 2>/dev/null && break
      sleep 0.1
    done
  done < <(cgroup_roots)
  cgroup_undelegate
}

# "SERVICES GUESTS": MiB of memory that the cloud's processes hold (their share of what is shared)
cgroup_memory() {
  local root dir pid pss services=0 guests=0
  root=$(cgroup_roots | while read -r root; do [[ ! -e $root/cgroup.controllers ]] || { echo "$root"; break; }; done)
  while read -r dir; do
    while read -r pid; do
      pss=$(sed -n 's/^Pss: *\([0-9]*\).*/\1/p' "/proc/$pid/smaps_rollup" 2>/dev/null) || continue
      if [[ $dir == */machine/* || $(cat "/proc/$pid/comm" 2>/dev/null) == qemu-system* ]]; then
        guests=$((guests + ${pss:-0}))
      else
        services=$((services + ${pss:-0}))
      fi
    done < <(cat "$dir/cgroup.procs" 2>/dev/null)
  done < <(find "$root/$NAME" -type d 2>/dev/null || :)
  echo "$((services / 1024)) $((guests / 1024))"
}
