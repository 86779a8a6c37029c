# shellcheck shell=bash
# Does hardware virtualisation really work here? /dev/kvm may exist, open and make machines that never boot a stock
# kernel. So the tiny guest's kernel is booted under it, once; the verdict is kept. Sourced.

KVM_SECONDS=10

# A name for all that the verdict depends on
kvm_key() {
  {
    uname -r
    stat -c %t:%T /dev/kvm
    grep -m1 '^flags' /proc/cpuinfo
    qemu-system-x86_64 --version
    cat "$CACHE/tiny/key"
  } | sha256sum | cut -c1-12
}

# How zone qemu runs its guests, as Nova's "<virt_type> <cpu_mode>": kvm, or qemu, which is TCG
virtualisation() {
  local verdict
  case $FACTORY_CLOUD_VIRT in
    kvm) echo "kvm host-passthrough"; return ;;
    tcg) echo "qemu none"; return ;;
    auto) ;;
    *) die "FACTORY_CLOUD_VIRT '$FACTORY_CLOUD_VIRT': kvm, tcg or auto" ;;
  esac
  [[ -c /dev/kvm ]] || { echo "qemu none"; return; }
  verdict=$CACHE/kvm-$(kvm_key)
  if [[ ! -s $verdict ]]; then
    rm -f "$CACHE"/kvm-*
    if kvm_boots host; then
      echo "kvm host-passthrough" >"$verdict"
    elif kvm_boots qemu64; then
      echo "kvm none" >"$verdict"
    else
      echo "qemu none" >"$verdict"
    fi
  fi
  cat "$verdict"
}

# kvm_boots CPU_MODEL: does the kernel come up within KVM_SECONDS?
kvm_boots() {
  local console=$STATE/kvm-console pid seen=1 i
  : >"$console"
  qemu-system-x86_64 -accel kvm -cpu "$1" -m 256 -nodefaults -no-user-config -display none -serial "file:$console" \
    -kernel "$CACHE/tiny/vmlinuz" -initrd "$CACHE/tiny/initrd.gz" -append "console=ttyS0" >/dev/null 2>&1 9>&- &
  pid=$!
  for ((i = 0; i < KVM_SECONDS * 5; i++)); do
    if grep -q '^TINY up' "$console"; then
      seen=0
      break
    fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.2
  done
  kill -KILL "$pid" 2>/dev/null || :
  wait "$pid" 2>/dev/null || :
  rm -f "$console"
  return "$seen"
}
