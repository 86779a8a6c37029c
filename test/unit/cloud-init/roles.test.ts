import { buildHostUserData, jumpHostUserData, nfsServerUserData } from "../../../cloud-init/roles";
import { fileOf, nodeValues as node, read } from "./all-roles";

test("time servers are set where the configuration names some", () => {
  expect(read(jumpHostUserData({ ...node, networks: [], ntpServers: ["ntp.test"] })).ntp?.servers).toEqual([
    "ntp.test",
  ]);
  expect(read(jumpHostUserData({ ...node, networks: [], ntpServers: [] })).ntp).toBeUndefined();
});

test("the NFS server exports the share on its own volume to its clients only", () => {
  const role = read(nfsServerUserData({ ...node, volumeId: "v-1", clients: "10.0.0.0/24" }));
  expect(fileOf(role, "/etc/exports.d/factory.exports")).toMatch(/^\/srv\/factory 10\.0\.0\.0\/24\(rw,.*\)\n$/);
  expect(fileOf(role, "/etc/systemd/system/factory-data.service")).toContain("factory-mount-volume v-1 /srv/factory");
});

test("the build host mounts the share, and starts no build by itself", () => {
  const userData = buildHostUserData({ ...node, volumeId: "v-2", nfsServer: "10.0.0.5" });
  const mount = fileOf(read(userData), "/etc/systemd/system/mnt-factory.mount");
  expect(mount).toContain("What=10.0.0.5:/srv/factory\nWhere=/mnt/factory\nType=nfs\n");
  expect(userData).not.toMatch(/systemctl[^\n]*factory-build/);
});

test("a runner that was killed still cleans up, and is not started again behind the lease's back", () => {
  const role = read(buildHostUserData({ ...node, volumeId: "v-2", nfsServer: "10.0.0.5" }));
  const unit = fileOf(role, "/etc/systemd/system/factory-build.service");
  expect(unit).toContain("ExecStopPost=/usr/bin/node /usr/local/lib/factory/runner.js after");
  expect(unit).not.toMatch(/^Restart=/m);
});
