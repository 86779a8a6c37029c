import { publisherUserData } from "../../../cloud-init/publisher";
import { buildHostUserData, jumpHostUserData, nfsServerUserData } from "../../../cloud-init/roles";
import { fileOf, nodeValues as node, read } from "./all-roles";

test("time servers are set where the configuration names some", () => {
  expect(read(jumpHostUserData({ ...node, networks: [], ntpServers: ["ntp.test"] })).ntp?.servers).toEqual([
    "ntp.test",
  ]);
  expect(read(jumpHostUserData({ ...node, networks: [], ntpServers: [] })).ntp).toBeUndefined();
});

describe("the NFS server", () => {
  const userData = nfsServerUserData({ ...node, volumeId: "v-1" });
  const role = read(userData);

  test("exports nothing by itself: its exports are on the volume", () => {
    expect(role.write_files.filter(({ path }) => path.includes("exports"))).toEqual([]);
    expect(role.runcmd).toContainEqual(["ln", "-sfn", "/srv/factory/exports", "/etc/exports.d"]);
  });

  test("follows no link that a build host may have put on the share, and keeps leases to itself", () => {
    const unit = fileOf(role, "/etc/systemd/system/factory-data.service");
    expect(unit).toContain("factory-mount-volume v-1 /srv/factory nosymfollow,nodev,nosuid,noexec\n");
    expect(unit).toContain("install -d -m 0700 /srv/factory/leases /srv/factory/exports /srv/factory/released\n");
  });

  test("prunes the share every night, and says how it is", () => {
    expect(fileOf(role, "/etc/systemd/system/factory-prune.timer")).toMatch(/^OnCalendar=\*-\*-\* 03:30:00$/m);
    expect(fileOf(role, "/etc/factory/health.d/20-share")).toContain("disk_free /srv/factory 10");
    expect(fileOf(role, "/etc/factory/health.d/30-prune")).toContain("prune.js --check");
  });
});

test("the build host mounts nothing and starts no build by itself", () => {
  const userData = buildHostUserData({ ...node, volumeId: "v-2" });
  expect(userData).not.toMatch(/\.mount/);
  expect(userData).not.toMatch(/systemctl[^\n]*factory-build/);
  const unit = fileOf(read(userData), "/etc/systemd/system/factory-build.service");
  expect(unit).toContain("RequiresMountsFor=/mnt/factory/build /mnt/factory/cache /mnt/factory/archives\n");
});

test("a runner that was killed still cleans up, and is not started again behind the lease's back", () => {
  const role = read(buildHostUserData({ ...node, volumeId: "v-2" }));
  const unit = fileOf(role, "/etc/systemd/system/factory-build.service");
  expect(unit).toContain("ExecStopPost=/usr/bin/node /usr/local/lib/factory/runner.js after");
  expect(unit).not.toMatch(/^Restart=/m);
});

describe("the publisher's node", () => {
  const role = read(publisherUserData(node));
  const unit = fileOf(role, "/etc/systemd/system/factory-publish.service");
  const shell = fileOf(role, "/usr/local/sbin/factory");
  const given = (text: string): readonly string[] =>
    [...text.matchAll(/\bpublisher-[a-z]+\b(?=\)|:)/g)].map(([name]) => name);

  test("publishes by itself what may be published, with the credentials that a person's command has", () => {
    expect(fileOf(role, "/etc/systemd/system/factory-publish.timer")).toMatch(/^OnCalendar=\*:0\/15$/m);
    expect(unit).toMatch(/^ExecStart=\/usr\/bin\/node \S+\/publisher\.js publish$/m);
    expect(given(unit)).toEqual(["publisher-cloud", "publisher-key", "publisher-clouds"]);
    expect(given(shell)).toEqual(given(unit));
  });

  test("the records tell who has typed a command, and what the node did by itself", () => {
    expect(shell).toContain('--setenv=FACTORY_USER="${SUDO_USER:-root}"');
    expect(unit).toMatch(/^Environment=FACTORY_USER=publisher$/m);
  });

  test("commands that run at once have directories of their own: one that ends takes nobody else's", () => {
    expect(shell).toContain('RuntimeDirectory="factory-publisher-$$"');
    expect(unit).toMatch(/^RuntimeDirectory=factory-publish$/m);
  });

  test("is not well while publishing fails, and says why", () => {
    expect(fileOf(role, "/etc/factory/health.d/50-publisher")).toContain("is-failed --quiet factory-publish.service");
  });
});
