import { chmodSync, rmSync, symlinkSync } from "node:fs";
import { CHECK_IDS, checksAt, imageCheck, type AuditId } from "../../../../model/image-checks";
import { passwordProblem } from "../../../../stages/lib/audit-accounts";
import { AUDITS, runAudits } from "../../../../stages/lib/audits";
import { failed, failureClassOf } from "../../../../stages/lib/test-report";
import { BY_A_PERSON, GoodTree } from "./good-tree";

/** These two start programs on a whole disk: test/full/bad-images has one. */
const NEED_A_DISK: readonly AuditId[] = ["file-system", "lynis"];
const LEFT_OUT: readonly AuditId[] = BY_A_PERSON ? [...NEED_A_DISK, "accounts"] : NEED_A_DISK;
const SKIPS = new Map(LEFT_OUT.map((id) => [id, "needs a disk"]));

let image: GoodTree;
beforeEach(() => void (image = new GoodTree()));
afterEach(() => rmSync(image.root, { recursive: true }));

async function failing(): Promise<Record<string, string>> {
  const results = await runAudits(image.context(), { skips: SKIPS });
  return Object.fromEntries(results.filter(failed).map(({ id, detail }) => [id, detail]));
}

test("nothing is wrong with a good image, and every audit has a result, in the table's order", async () => {
  const results = await runAudits(image.context(), { skips: SKIPS });
  expect(results.filter(failed)).toEqual([]);
  expect(results.map(({ id }) => id)).toEqual(checksAt("audit").map(({ id }) => id));
  const skipped = results.filter((result) => result.skipped !== undefined).map(({ id }) => id);
  expect(skipped.sort()).toEqual([...LEFT_OUT, "vulnerabilities"].sort());
});

const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n";

const HYGIENE: readonly (readonly [string, AuditId, string, () => void])[] = [
  [
    "a host key",
    "ssh-host-keys",
    "/etc/ssh/ssh_host_ed25519_key",
    () => image.write("etc/ssh/ssh_host_ed25519_key", KEY),
  ],
  ["a machine-id", "machine-id", "/etc/machine-id holds 0123", () => image.write("etc/machine-id", "0123\n")],
  [
    "a password",
    "passwords",
    "/etc/shadow: root has a password",
    () => image.write("etc/shadow", "root:$6$abc$def:1::::::\n", 0o640),
  ],
  [
    "no password at all",
    "passwords",
    "root may log in without",
    () => image.write("etc/shadow", "root::1::::::\n", 0o640),
  ],
  [
    "an account of a person",
    "accounts",
    "ann (1000)",
    () => image.write("etc/passwd", "root:x:0:0::/:/bin/sh\nown:x:0:0::/:/x\nann:x:1000:1000::/home/ann:/bin/sh\n"),
  ],
  ["a history", "histories", "/root/.bash_history", () => image.write("root/.bash_history", "ls\n")],
  [
    "authorized keys",
    "credentials",
    "/root/.ssh/authorized_keys",
    () => image.write("root/.ssh/authorized_keys", "ssh-ed25519 AAAA\n"),
  ],
  ["cloud credentials", "credentials", "/home/a/.aws/credentials", () => image.write("home/a/.aws/credentials", "x\n")],
  ["a private key", "credentials", "/opt/app/tls.pem holds", () => image.write("opt/app/tls.pem", KEY)],
  ["a log", "logs", "/var/log/apt/history.log", () => image.write("var/log/apt/history.log", "Start-Date\n")],
  ["a journal", "logs", "/var/log/journal/0123 is", () => image.write("var/log/journal/0123/system.journal", "x")],
  ["an instance", "first-boot", "/var/lib/cloud/instances", () => image.write("var/lib/cloud/instances/i-1/x", "x")],
  ["a random seed", "machine-state", "random-seed", () => image.write("var/lib/systemd/random-seed", "x")],
  ["a lease", "machine-state", "/var/lib/dhcp/dhclient.leases", () => image.write("var/lib/dhcp/dhclient.leases", "x")],
  [
    "network rules",
    "machine-state",
    "70-persistent-net.rules",
    () => image.write("etc/udev/rules.d/70-persistent-net.rules", "x"),
  ],
  [
    "name servers of the build",
    "build-residue",
    "/etc/resolv.conf: nameserver 10.0.0.1",
    () => image.write("etc/resolv.conf", "nameserver 10.0.0.1\n"),
  ],
  [
    "the mirror of the build",
    "build-residue",
    "/etc/apt/sources.list names mirror.example.org",
    () => image.write("etc/apt/sources.list", "deb http://mirror.example.org/debian bookworm main\n"),
  ],
  [
    "a stopper of services",
    "build-residue",
    "/usr/sbin/policy-rc.d",
    () => image.write("usr/sbin/policy-rc.d", "exit 101\n"),
  ],
  ["a cached package", "caches", "curl_1_amd64.deb", () => image.write("var/cache/apt/archives/curl_1_amd64.deb", "x")],
  ["a temporary file", "caches", "/tmp/build.log", () => image.write("tmp/build.log", "x")],
];

const OTHERS: readonly (readonly [string, AuditId, string, () => void])[] = [
  [
    "a device's name in fstab",
    "fstab",
    "/dev/vda1 /",
    () => image.write("etc/fstab", "/dev/vda1 / ext4 defaults 0 1\n"),
  ],
  ["no initrd", "boot-files", "names /boot/initrd.img-6.1.0", () => rmSync(image.at("boot/initrd.img-6.1.0"))],
  ["no kernel", "boot-files", "holds no kernel", () => rmSync(image.at("boot/vmlinuz-6.1.0"))],
  [
    "a root by its device's name",
    "boot-files",
    "root is a device's name",
    () => image.write("boot/grub/grub.cfg", " linux /boot/vmlinuz-6.1.0 root=/dev/vda1 ro\n"),
  ],
  [
    "a file for everybody to write",
    "file-modes",
    "/etc/motd may be written",
    () => image.write("etc/motd", "hi", 0o666),
  ],
  ["an open shadow", "file-modes", "/etc/shadow can be read", () => chmodSync(image.at("etc/shadow"), 0o644)],
  ["a set-uid program of nobody's", "set-uid", "/opt/su", () => image.write("opt/su", "x", 0o4755)],
  [
    "a package half installed",
    "package-state",
    "bash 5.2-1+b1 is half-configured",
    () =>
      image.write(
        "var/lib/dpkg/status",
        "Package: bash\nStatus: install ok half-configured\nVersion: 5.2-1+b1\nArchitecture: amd64\n",
      ),
  ],
  ["a changed program", "package-files", "/bin/bash of bash was changed", () => image.write("usr/bin/bash", "another")],
  ["a missing program", "package-files", "/bin/bash of bash is missing", () => rmSync(image.at("usr/bin/bash"))],
  [
    "an old package",
    "packages-current",
    "bash 5.2-1+b1: there is 5.2-2",
    () => void (image.offered = { bash: "5.2-2" }),
  ],
  ["a package from elsewhere", "packages-origin", "bash 5.2-1+b1: no repository", () => void (image.offered = {})],
  [
    "a package newer than any",
    "packages-origin",
    "the newest that is offered is 5.1-1",
    () => void (image.offered = { bash: "5.1-1" }),
  ],
];

test.each(HYGIENE.filter(([, id]) => !LEFT_OUT.includes(id)))(
  "%s in the image is found by %s, as hygiene",
  async (_, id, said, spoil) => {
    spoil();
    const found = await failing();
    expect(Object.keys(found)).toEqual([id]);
    expect(found[id]).toContain(said);
    const { name } = imageCheck(id);
    expect(failureClassOf([{ id, name, ok: false, detail: "" }])).toBe("hygiene");
  },
);

test.each(OTHERS)("%s is found by %s, as a failed check", async (_, id, said, spoil) => {
  spoil();
  const found = await failing();
  expect(Object.keys(found)).toEqual([id]);
  expect(found[id]).toContain(said);
  expect(failureClassOf([{ id, name: "", ok: false, detail: "" }])).toBe("checks");
});

test("what the image's owner skips is not looked at, with the reason", async () => {
  image.write("etc/machine-id", "0123\n");
  const results = await runAudits(image.context(), {
    skips: new Map([...SKIPS, ["machine-id", "image.yaml: an appliance"]]),
  });
  expect(results.filter(failed)).toEqual([]);
  expect(results.find(({ id }) => id === "machine-id")).toMatchObject({ skipped: "image.yaml: an appliance" });
});

test("a failure is told at once, and the others are looked at all the same", async () => {
  image.write("etc/machine-id", "0123\n");
  image.write("etc/fstab", "/dev/vda1 / ext4 defaults 0 1\n");
  const onFailure = jest.fn();
  const results = await runAudits(image.context(), { skips: SKIPS, onFailure });
  expect(results.filter(failed).map(({ id }) => id)).toEqual(["machine-id", "fstab"]);
  expect(onFailure).toHaveBeenCalledTimes(2);
});

test("an audit that can't be done is no finding", async () => {
  const broken = { ...AUDITS, room: () => Promise.reject(new Error("the mirror is gone")) };
  await expect(runAudits(image.context(), { skips: SKIPS }, broken)).rejects.toThrow("the mirror is gone");
});

test("a link out of the image does not lead out of it", async () => {
  rmSync(image.at("etc/machine-id"));
  symlinkSync("/proc/sys/kernel/random/uuid", image.at("etc/machine-id"));
  expect(await failing()).toEqual({});
});

describe("known holes", () => {
  const data = {
    bash: { "CVE-2026-1": { releases: { bookworm: { status: "resolved", fixed_version: "5.2-3", urgency: "high" } } } },
  };

  test("one that a newer package closes fails the image that asks for it", async () => {
    image.tracker = { data };
    expect(await failing()).toEqual({});
    image.image = { ...image.image, tests: { ...image.image.tests, vulnerabilities: { failOn: "high", ignore: [] } } };
    expect((await failing())["vulnerabilities"]).toContain("CVE-2026-1 (high) bash 5.2-1, closed by 5.2-3");
  });

  test("are counted for trends, also where they fail nothing", async () => {
    image.tracker = { data };
    const results = await runAudits(image.context(), { skips: SKIPS });
    expect(results.find(({ id }) => id === "vulnerabilities")).toMatchObject({ ok: true, measured: 1 });
  });

  test("are skipped by name, with the reason, where there is no data", async () => {
    image.tracker = { unavailable: "Debian's security tracker can't be read: no such host" };
    const results = await runAudits(image.context(), { skips: SKIPS });
    expect(results.find(({ id }) => id === "vulnerabilities")?.skipped).toContain("no such host");
  });
});

test.each([
  ["*", undefined],
  ["!", undefined],
  ["!*", undefined],
  ["!!", undefined],
  ["x", undefined],
  ["", "without a password"],
  ["$6$salt$hash", "has a password"],
  ["$y$j9T$salt$hash", "has a password"],
  ["!$6$salt$hash", "locked only"],
  ["abJnggxhB/yWI", "has a password"],
])("password field %j", (field, said) => {
  const problem = passwordProblem(field);
  if (said === undefined) expect(problem).toBeUndefined();
  else expect(problem).toContain(said);
});

test("ids of checks are unique and can be written into an image.yaml", () => {
  expect(new Set(CHECK_IDS).size).toBe(CHECK_IDS.length);
  expect(CHECK_IDS.filter((id) => !/^[a-z0-9][a-z0-9-]*$/.test(id))).toEqual([]);
});
