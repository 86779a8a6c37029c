/** Images that something is wrong with, made from a good one in seconds instead of by building again. */

export interface Alteration {
  readonly name: string;
  /** bash, as root; `$root` is the mounted root file system. */
  readonly script: string;
}

/** A shell script that makes the altered image from the good one; for root, where loop devices can be had. */
export function alterScript(good: string, bad: string, { script }: Pick<Alteration, "script">): string {
  return `set -eu
raw=$(mktemp --suffix=.raw -p "$(dirname ${bad})")
root=$(mktemp -d)
trap 'umount "$root" 2> /dev/null || true; rm -rf "$raw" "$root"' EXIT
qemu-img convert -f qcow2 -O raw ${good} "$raw"
start=$(sfdisk --json "$raw" | python3 -c 'import json, sys
table = json.load(sys.stdin)["partitiontable"]
print(max(table["partitions"], key=lambda part: part["size"])["start"] * table.get("sectorsize", 512))')
mount -o loop,offset="$start" "$raw" "$root"
( ${script}
)
umount "$root"
qemu-img convert -c -m 16 -W -f raw -O qcow2 -o compression_type=zstd "$raw" ${bad}
`;
}

/** Each with what it shall be refused for. */
export interface BadImage extends Alteration {
  readonly failureClass: string;
  /** Ids of the checks that must fail, and no others. */
  readonly checks: readonly string[];
  /** What the build's owner is told. */
  readonly says: RegExp;
}

/** Found on the files, without a boot. */
export const BAD_FILES: readonly BadImage[] = [
  {
    name: "host keys left in",
    script: `ssh-keygen -q -t ed25519 -N "" -C build -f "$root/etc/ssh/ssh_host_ed25519_key"`,
    failureClass: "hygiene",
    checks: ["ssh-host-keys"],
    says: /"no SSH host keys are in the image"/,
  },
  {
    name: "a password set",
    script: `echo "root:$(openssl passwd -6 changeme)" | chpasswd --encrypted --root "$root"`,
    failureClass: "hygiene",
    checks: ["passwords"],
    says: /"no account has a password"/,
  },
  {
    // As if it had been left behind by an upgrade: the database says an older version.
    name: "an unpatched package",
    script: `python3 - "$root/var/lib/dpkg/status" <<'END'
import re, sys
text = open(sys.argv[1]).read()
old = re.sub(r"(?ms)^(Package: openssh-server\\n.*?^Version: )\\S+$", r"\\g<1>1:9.2p1-1", text, count=1)
assert old != text
open(sys.argv[1], "w").write(old)
END`,
    failureClass: "checks",
    checks: ["packages-current"],
    says: /"packages are up to date"/,
  },
  {
    name: "a full disk",
    script: `dd if=/dev/zero of="$root/srv/ballast" bs=1M 2> /dev/null || true`,
    failureClass: "checks",
    checks: ["room"],
    says: /"the root file system has room"/,
  },
];

/** Found by a boot. */
export const BAD_BOOTS: readonly BadImage[] = [
  {
    name: "a kernel panic",
    script: `sed -i 's#^\\(\\s*linux\\s.*\\)$#\\1 init=/nowhere rdinit=/nowhere#' "$root/boot/grub/grub.cfg"`,
    failureClass: "no-ssh",
    checks: ["ssh"],
    says: /the console says: Kernel panic - not syncing/,
  },
  {
    name: "no network",
    script: `echo 'network: { config: disabled }' > "$root/etc/cloud/cloud.cfg.d/99-network.cfg"
rm -f "$root"/etc/network/interfaces.d/*
printf 'auto lo\\niface lo inet loopback\\n' > "$root/etc/network/interfaces"`,
    failureClass: "no-ssh",
    checks: ["ssh"],
    says: /no SSH login/,
  },
  {
    name: "a module of cloud-init that fails",
    script: `echo 'bootcmd: ["exit 3"]' > "$root/etc/cloud/cloud.cfg.d/99-bootcmd.cfg"`,
    failureClass: "cloud-init",
    checks: ["cloud-init-end"],
    says: /cloud-init/,
  },
];
