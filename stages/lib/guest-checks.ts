/**
 * What every image is checked for, inside an instance that was booted from it. Each check is a piece of bash that runs
 * as root (`bash -eu`) and exits 0 when all is well; what it prints is the finding. Variables: LOGIN_USER, MARKER, SERVER_ID,
 * RESOLVE (a name that must resolve), BOOTED (seconds since the epoch), PACKAGES (a file).
 */
import { PACKAGES_COMMAND } from "./packages";

export interface GuestCheck {
  readonly name: string;
  readonly script: string;
}

export const MARKER_FILE = "/var/lib/factory-test-marker";

/** Prints a path for each file that is older than this boot. */
const olderThanBoot = (files: string): string =>
  `for f in ${files}; do
  [ -e "$f" ] || continue
  [ "$(stat -c %Y "$f")" -ge "$BOOTED" ] || echo "$f is older than this boot: it came with the image"
done`;

/** Fails when the script prints anything. */
const silent = (script: string): string => `found=$(\n${script}\n)\necho "$found"\n[ -z "$found" ]`;

export const GUEST_CHECKS: readonly GuestCheck[] = [
  {
    name: "cloud-init has finished without errors",
    script: `cloud-init status --long
python3 - <<'END'
import json, sys
errors = json.load(open("/run/cloud-init/result.json"))["v1"]["errors"]
print(*errors, sep="\\n")
sys.exit(1 if errors else 0)
END`,
  },
  {
    name: "login user may use sudo and has no password",
    script: `echo "logged in as $SUDO_USER"
passwd --status "$LOGIN_USER"
[ "$SUDO_USER" = "$LOGIN_USER" ]
passwd --status "$LOGIN_USER" | grep -Eq "^$LOGIN_USER LK? "`,
  },
  { name: "user data has been applied", script: `cat ${MARKER_FILE}\n[ "$(cat ${MARKER_FILE})" = "$MARKER" ]` },
  {
    name: "metadata service answers, and knows this instance",
    script: `python3 - <<'END'
import json, os, urllib.request
url = "http://169.254.169.254/openstack/latest/meta_data.json"
data = json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=30))
print(data["uuid"])
raise SystemExit(0 if data["uuid"] == os.environ["SERVER_ID"] else 1)
END`,
  },
  {
    name: "hostname is the one that the metadata gives",
    script: `given=$(cloud-init query local_hostname)
echo "hostname $(hostname), metadata $given"
[ "$(hostname)" = "\${given%%.*}" ]`,
  },
  { name: "no SSH host keys came with the image", script: silent(olderThanBoot("/etc/ssh/ssh_host_*")) },
  {
    name: "machine-id is this instance's own",
    script: `cat /etc/machine-id
grep -Eqx '[0-9a-f]{32}' /etc/machine-id
${silent(olderThanBoot("/etc/machine-id"))}`,
  },
  {
    name: "no shell history and no keys in home directories",
    script: silent(`find /root /home -maxdepth 3 '(' -name '.*_history' -o -name 'id_*' ')' -print
${olderThanBoot("/root/.ssh/authorized_keys /home/*/.ssh/authorized_keys")}`),
  },
  {
    name: "installed packages are those of the package list",
    script: `${PACKAGES_COMMAND} > /run/factory-packages
diff "$PACKAGES" /run/factory-packages`,
  },
  { name: "no unit has failed", script: silent("systemctl list-units --failed --plain --no-legend") },
  {
    name: "root file system fills the disk",
    script: `part=$(basename "$(readlink -f "$(findmnt -no SOURCE /)")")
disk=$(basename "$(readlink -f "/sys/class/block/$part/..")")
[ -e "/sys/block/$disk" ] || disk=$part
size=$(( $(cat "/sys/block/$disk/size") * 512 )); have=$(df -B1 --output=size / | tail -n 1)
echo "$have of $size bytes of $disk"
[ "$have" -ge $(( size * 9 / 10 )) ]`,
  },
  {
    name: "network has an address and a default route",
    script: `ip -brief address show scope global
ip route show default | grep . && ip -brief address show scope global | grep -q UP`,
  },
  { name: "names resolve", script: `getent ahosts "$RESOLVE" | head -n 3\ngetent hosts "$RESOLVE" > /dev/null` },
  {
    name: "a time service is enabled",
    script: `for unit in chrony chronyd systemd-timesyncd ntpsec ntp ntpd; do
  systemctl is-enabled --quiet "$unit" 2> /dev/null && echo "$unit" && exit 0
done
echo "none of chrony, systemd-timesyncd, ntpsec, ntp is enabled"; exit 1`,
  },
  {
    name: "the running kernel is the installed one, made for clouds where there is such a one",
    script: `uname -r
grep -Eq "^linux-image-(cloud-)?" "$PACKAGES" || exit 0
grep -q "^linux-image-$(uname -r)" "$PACKAGES" || { echo "it is not in the package list"; exit 1; }
! grep -q "^linux-image-cloud-" "$PACKAGES" || uname -r | grep cloud`,
  },
  {
    name: "SSH allows neither passwords nor root's password",
    script: `sshd=$(command -v sshd || echo /usr/sbin/sshd)
"$sshd" -T | grep -E '^(permitrootlogin|passwordauthentication|kbdinteractiveauthentication) '
"$sshd" -T | grep -qx 'passwordauthentication no'
"$sshd" -T | grep -Eqx 'permitrootlogin (no|without-password|prohibit-password|forced-commands-only)'`,
  },
  {
    name: "nothing is left of the build",
    script: silent(`find /var/cache/apt/archives -name '*.deb'
find /var/lib/apt/lists -type f -name '*_Packages*' ! -newermt "@$BOOTED"
find /etc/apt/apt.conf.d -name '*proxy*'
find /usr/sbin/policy-rc.d /etc/resolv.conf.ORIG /tmp/in_target.d -maxdepth 0 2> /dev/null
find /var/log -type f -size +0 ! -newermt "@$BOOTED" '(' -name 'dpkg.log*' -o -name 'bootstrap.log' -o -name 'apt' ')'`),
  },
  {
    name: "locale is UTF-8",
    script: `[ ! -r /etc/default/locale ] || . /etc/default/locale
[ ! -r /etc/locale.conf ] || . /etc/locale.conf
export LANG=\${LANG:-C} LC_ALL=\${LC_ALL:-}
echo "LANG=$LANG, $(locale charmap)"
[ "$(locale charmap)" = UTF-8 ]`,
  },
];
