/** The checks inside an instance that ask the package manager, for each family of packages (see guest-checks.ts). */
import type { GuestCheckId } from "../../model/image-checks";
import type { PackageFamily } from "../../model/package-family";
import { DPKG_FORMAT } from "./packages";

export type PackageCheckId = Extract<GuestCheckId, "package-list" | "kernel" | "residue">;

/** A package as packages.txt has it. */
const RPM_FORMAT = "%{NAME}\\t%{EVR}\\t%{ARCH}\\n";

/** Fails when the script prints anything. The last of its commands must be one that succeeds. */
const silent = (script: string): string => `found=$(\n${script}\n)\necho "$found"\n[ -z "$found" ]`;

/** Fails unless the command prints what the package list has. */
const asListed = (command: string): string => `set -o pipefail
installed=$(mktemp)
${command} | LC_ALL=C sort > "$installed"
diff "$PACKAGES" "$installed"`;

/** What the factory itself would have left, whatever the packages are. */
const LEFT = `find /usr/sbin/policy-rc.d /etc/resolv.conf.ORIG /tmp/in_target.d -maxdepth 0 2> /dev/null`;

export const PACKAGE_CHECKS: Readonly<Record<PackageFamily, Readonly<Record<PackageCheckId, string>>>> = {
  apt: {
    "package-list": asListed(
      `dpkg-query -W -f '${DPKG_FORMAT}' | awk -F '\\t' -v OFS='\\t' '$4 == "installed" { print $1, $2, $3 }'`,
    ),
    kernel: `uname -r
grep -Eq "^linux-image-(cloud-)?" "$PACKAGES" || exit 0
grep -q "^linux-image-$(uname -r)" "$PACKAGES" || { echo "it is not in the package list"; exit 1; }
! grep -q "^linux-image-cloud-" "$PACKAGES" || uname -r | grep cloud`,
    residue: silent(`find /var/cache/apt/archives -name '*.deb'
find /var/lib/apt/lists -type f -name '*_Packages*' ! -newermt "@$BOOTED"
find /etc/apt/apt.conf.d -name '*proxy*'
${LEFT}
find /var/log -type f -size +0 ! -newermt "@$BOOTED" '(' -name 'dpkg.log*' -o -name 'bootstrap.log' -o -name 'apt' ')'`),
  },
  rpm: {
    // Keys that were imported stand among the packages; the list leaves them out too.
    "package-list": asListed(`rpm --query --all --queryformat '${RPM_FORMAT}' | awk '$1 != "gpg-pubkey"'`),
    // Several packages may share the directory of a kernel's modules; one of them is the kernel's.
    kernel: `uname -r
owners=$(mktemp)
rpm --query --file --queryformat '${RPM_FORMAT}' "$(readlink -f "/lib/modules/$(uname -r)")" > "$owners" || { cat "$owners"; echo "no package brings it"; exit 1; }
grep -Fx -f "$owners" "$PACKAGES" || { echo "it is not in the package list"; exit 1; }`,
    residue: silent(`find /var/cache/dnf /var/cache/libdnf5 /var/cache/zypp -type f ! -newermt "@$BOOTED" 2> /dev/null
${LEFT}
find /var/log -type f -size +0 ! -newermt "@$BOOTED" '(' -name 'dnf*.log*' -o -name 'hawkey.log*' -o -name 'zypper.log*' -o -path '*/zypp/*' ')'`),
  },
};
