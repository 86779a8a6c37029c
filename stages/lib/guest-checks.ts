/**
 * What is checked inside an instance that was booted from the image. Each check is a piece of bash that runs as root
 * (`bash -eu`): it exits 0 when all is well and 77 when there is nothing to check here; what it prints is the finding,
 * or the reason. Variables: LOGIN_USER, MARKER, SERVER_ID, RESOLVE (a name that must resolve), ADDRESS6 (or empty),
 * IPERF3_HOST, IPERF3_PORT, IPERF3_MINIMUM (Mbit/s), SENT (when the suite was sent, seconds since the epoch), RECEIVED
 * (when it began, by the instance's clock), BOOTED (likewise), PACKAGES (a file).
 */
import { checksAt, type GuestCheckId, type RebootCheckId } from "../../model/image-checks";
import type { PackageFamily } from "../../model/package-family";
import { PACKAGE_CHECKS, type PackageCheckId } from "./guest-packages";
import { FORMS } from "./guest-user-data";

export interface GuestCheck {
  readonly name: string;
  readonly script: string;
}

/** How far the clocks may be apart, seconds: the suite is packed and sent in between, to a busy machine. */
const CLOCK_TOLERANCE = 120;

/** Prints a path for each file that is older than this boot. */
const olderThanBoot = (files: string): string =>
  `for f in ${files}; do
  [ -e "$f" ] || continue
  [ "$(stat -c %Y "$f")" -ge "$BOOTED" ] || echo "$f is older than this boot: it came with the image"
done`;

/** Fails when the script prints anything. */
const silent = (script: string): string => `found=$(\n${script}\n)\necho "$found"\n[ -z "$found" ]`;

/** Fails unless a file holds the marker, in so many lines. */
const marked = (file: string, lines = 1): string =>
  `cat ${file}\n[ "$(grep -c "^$MARKER" ${file})" = ${lines} ] && [ "$(wc -l < ${file})" = ${lines} ]`;

const CLOUD_INIT = `cloud-init status --long
python3 - <<'END'
import json, sys
errors = json.load(open("/run/cloud-init/result.json"))["v1"]["errors"]
print(*errors, sep="\\n")
sys.exit(1 if errors else 0)
END`;

const FAILED_UNITS = silent("systemctl list-units --failed --plain --no-legend");

const NETWORK = `ip -brief address show scope global
ip route show default | grep . && ip -brief address show scope global | grep -q UP`;

const HOSTNAME = `given=$(cloud-init query local_hostname)
echo "hostname $(hostname), metadata $given"
[ "$(hostname)" = "\${given%%.*}" ]`;

const METADATA = "http://169.254.169.254/openstack/latest";
const FETCH = `import json, os, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
fetch = lambda name: opener.open("${METADATA}/" + name, timeout=30).read()`;

/** Where what must survive a restart is kept. */
const BEFORE = "/var/lib/factory-test/before-restart";

const SCRIPTS: Readonly<Record<Exclude<GuestCheckId, PackageCheckId>, string>> = {
  "cloud-init": CLOUD_INIT,
  login: `echo "logged in as $SUDO_USER"
passwd --status "$LOGIN_USER"
[ "$SUDO_USER" = "$LOGIN_USER" ]
passwd --status "$LOGIN_USER" | grep -Eq "^$LOGIN_USER LK? "`,
  "user-data-config": marked(FORMS.config),
  "user-data-script": marked(FORMS.script),
  "user-data-template": `cat ${FORMS.template}
id=$(cloud-init query instance_id)
[ "$(cat ${FORMS.template})" = "$MARKER $id" ]`,
  "user-data-boothook": `grep "^$MARKER" ${FORMS.boothook}`,
  metadata: `python3 - <<'END'
${FETCH}
data = json.loads(fetch("meta_data.json"))
print(data["uuid"])
raise SystemExit(0 if data["uuid"] == os.environ["SERVER_ID"] else 1)
END`,
  "config-drive": `[ -e /dev/disk/by-label/config-2 ] || { echo "no disk is labelled config-2"; exit 1; }
drive=$(mktemp -d)
mount -o ro /dev/disk/by-label/config-2 "$drive"
trap 'umount "$drive"' EXIT
export drive
python3 - <<'END'
${FETCH}
for name in ("meta_data.json", "user_data"):
    drive, service = open(os.environ["drive"] + "/openstack/latest/" + name, "rb").read(), fetch(name)
    if name.endswith(".json"):
        drive, service = ({key: json.loads(text)[key] for key in ("uuid", "name", "hostname")} for text in (drive, service))
        print(drive)
    if drive != service:
        raise SystemExit("%s differs: the service says %r" % (name, service))
END`,
  hostname: HOSTNAME,
  "own-host-keys": silent(olderThanBoot("/etc/ssh/ssh_host_*")),
  "own-machine-id": `cat /etc/machine-id
grep -Eqx '[0-9a-f]{32}' /etc/machine-id
mkdir -p ${BEFORE}
cp /etc/machine-id ${BEFORE}/machine-id
hostname > ${BEFORE}/hostname
${silent(olderThanBoot("/etc/machine-id"))}`,
  "own-login-keys": silent(`find /root /home -maxdepth 3 '(' -name '.*_history' -o -name 'id_*' ')' -print
${olderThanBoot("/root/.ssh/authorized_keys /home/*/.ssh/authorized_keys")}`),
  units: FAILED_UNITS,
  "disk-grows": `part=$(basename "$(readlink -f "$(findmnt -no SOURCE /)")")
disk=$(basename "$(readlink -f "/sys/class/block/$part/..")")
[ -e "/sys/block/$disk" ] || disk=$part
size=$(( $(cat "/sys/block/$disk/size") * 512 )); have=$(df -B1 --output=size / | tail -n 1)
echo "$have of $size bytes of $disk"
[ "$have" -ge $(( size * 9 / 10 )) ]`,
  network: NETWORK,
  ipv6: `[ -n "$ADDRESS6" ] || { echo "the network has no IPv6 subnet"; exit 77; }
ip -6 -brief address show scope global
ip -6 address show scope global | grep -F "inet6 $ADDRESS6/" && ip -6 route show default | grep .`,
  names: `getent ahosts "$RESOLVE" | head -n 3\ngetent hosts "$RESOLVE" > /dev/null`,
  // sshd, DHCP's answers, and what listens on the loopback only.
  listening: silent(`ss -Hltun | awk '{ print $1, $5 }' | sed 's/%[^:]*:/:/' |
  grep -Ev ' (127\\.[0-9.]+|\\[::1\\]):' | grep -Ev '^tcp .*:22$' | grep -Ev '^udp .*:(68|546)$' || true`),
  clock: `apart=$(( RECEIVED - SENT ))
echo "$apart s from the build host's clock, $(date --utc +%FT%TZ), zone $(date +%Z)"
[ "\${apart#-}" -le ${CLOCK_TOLERANCE} ]`,
  "time-service": `for unit in chrony chronyd systemd-timesyncd ntpsec ntp ntpd; do
  systemctl is-enabled --quiet "$unit" 2> /dev/null || continue
  echo "$unit is enabled and $(systemctl is-active "$unit")"
  systemctl is-active --quiet "$unit"; exit
done
echo "none of chrony, systemd-timesyncd, ntpsec, ntp is enabled"; exit 1`,
  // The service runs, or the check before this one fails; whether servers answer is up to the network.
  "time-sync": `[ "$(timedatectl show --property NTPSynchronized --value)" = yes ] && echo synchronised && exit 0
echo "no time server has answered in this network"; exit 77`,
  "mandatory-access": `if command -v getenforce > /dev/null; then echo "SELinux: $(getenforce)"; [ "$(getenforce)" = Enforcing ]; exit; fi
[ -e /sys/kernel/security/lsm ] || mount -t securityfs securityfs /sys/kernel/security
echo "the kernel's modules: $(cat /sys/kernel/security/lsm)"
[ "$(cat /sys/module/apparmor/parameters/enabled)" = Y ]
command -v apparmor_parser > /dev/null || { echo "AppArmor is on, without profiles (package apparmor is not installed)"; exit 0; }
systemctl is-active --quiet apparmor
echo "$(wc -l < /sys/kernel/security/apparmor/profiles) profiles are loaded"`,
  "ssh-settings": `sshd=$(command -v sshd || echo /usr/sbin/sshd)
"$sshd" -T | grep -E '^(permitrootlogin|passwordauthentication|kbdinteractiveauthentication) '
"$sshd" -T | grep -qx 'passwordauthentication no'
"$sshd" -T | grep -Eqx 'permitrootlogin (no|without-password|prohibit-password|forced-commands-only)'`,
  locale: `[ ! -r /etc/default/locale ] || . /etc/default/locale
[ ! -r /etc/locale.conf ] || . /etc/locale.conf
export LANG=\${LANG:-C} LC_ALL=\${LC_ALL:-}
echo "LANG=$LANG, $(locale charmap)"
[ "$(locale charmap)" = UTF-8 ]`,
  // The program and its libraries were sent along. A server measures one at a time and says so when it is busy.
  bandwidth: `[ -n "$IPERF3_HOST" ] || { echo "there is no iperf3 server"; exit 77; }
for try in $(seq 20); do
  iperf3/run --client "$IPERF3_HOST" --port "$IPERF3_PORT" --time 5 --connect-timeout 10000 --json > iperf3.json || true
  grep -q 'the server is busy' iperf3.json || break
  sleep 5
done
python3 - <<'END'
import json, os
report, least = json.load(open("iperf3.json")), float(os.environ["IPERF3_MINIMUM"])
if "error" in report:
    raise SystemExit("%s:%s: %s" % (os.environ["IPERF3_HOST"], os.environ["IPERF3_PORT"], report["error"]))
rate = report["end"]["sum_received"]["bits_per_second"] / 1e6
print("%.0f Mbit/s to %s, floor %.0f" % (rate, os.environ["IPERF3_HOST"], least))
raise SystemExit(0 if rate >= least else 1)
END`,
};

const AFTER_RESTART: Readonly<Record<Exclude<RebootCheckId, "reboot">, string>> = {
  "reboot-cloud-init": CLOUD_INIT,
  "reboot-units": FAILED_UNITS,
  "reboot-identity": `diff ${BEFORE}/machine-id /etc/machine-id
diff ${BEFORE}/hostname <(hostname)`,
  "reboot-network": NETWORK,
  "reboot-user-data": `${marked(FORMS.script)}
[ "$(grep -c "^$MARKER" ${FORMS.boothook})" -ge 2 ] || { echo "the boothook has not run at each boot"; exit 1; }`,
  "reboot-kernel": `newest=$(ls /boot | sed -n 's/^vmlinuz-//p' | sort --version-sort | tail -n 1)
echo "$(uname -r) runs, $newest is the newest"
[ "$(uname -r)" = "$newest" ]`,
};

const named = <I extends string>(
  rows: readonly { readonly id: I; readonly name: string }[],
  scripts: Readonly<Partial<Record<I, string>>>,
) =>
  rows.flatMap(({ id, name }) => {
    const script = scripts[id];
    return script === undefined ? [] : [{ id, name, script }];
  });

/** Those of an image whose packages are of this family. */
export const guestChecks = (family: PackageFamily) =>
  named(checksAt("instance"), { ...SCRIPTS, ...PACKAGE_CHECKS[family] });
export const REBOOT_CHECKS = named(checksAt("reboot"), AFTER_RESTART);
