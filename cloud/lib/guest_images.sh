# shellcheck shell=bash
# The guest images: built here, kept in the cache under what they are made from. Sourced.
# Each has CACHE/<name>/ (with `key`), and the file or files that lib/upload_images.py names.

GUEST_IMAGES="tiny factory-host guest-base"

# image_key NAME: a hash of the scripts and lists that make it
image_key() {
  (cd "$CLOUD/image" && find "$1" stand-ins -type f ! -name '*.pyc' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) | sha256sum | cut -c1-16
}

image_file() { echo "$CACHE/$1/$1.qcow2"; }

image_is_current() { [[ -s $CACHE/$1/key && $(<"$CACHE/$1/key") == "$(image_key "$1")" ]]; }

# Builds those that are missing or were made from something else. One at a time on a machine.
build_guest_images() {
  local name log
  mkdir -p "$CACHE"
  exec 8>"$CACHE/lock"
  flock -n 8 || { say "waiting: guest images are being built by another cloud/up"; flock 8; }
  for name in $GUEST_IMAGES; do
    ! image_is_current "$name" || continue
    say "building guest image $name (once; $(image_minutes "$name"))"
    mkdir -p "$CACHE/$name"
    log=$CACHE/$name/build.log
    rm -f "$CACHE/$name/key"
    if [[ $name == tiny ]]; then
      "$CLOUD/image/tiny/build" "$CACHE/tiny" >"$log" 2>&1 9>&- 8>&- || build_failed "$name" "$log"
    else
      "$CLOUD/image/$name/build" "$(image_file "$name")" "$CACHE/$name/parts" >"$log" 2>&1 9>&- 8>&- || build_failed "$name" "$log"
    fi
    image_key "$name" >"$CACHE/$name/key"
  done
  exec 8>&-
}

image_minutes() {
  case $1 in
    tiny) echo "10 s" ;;
    *) echo "1 to 4 minutes" ;;
  esac
}

build_failed() { die "building guest image $1 failed: $(grep -v '^$' "$2" | tail -1) (all of it: $2)"; }
