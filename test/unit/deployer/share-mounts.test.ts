import { mountUnits } from "../../../deployer/share-mounts";

test("a host mounts its build's directory, its recipe's cache and the common archives, and nothing else of the share", () => {
  const units = mountUnits({
    server: "10.60.0.5",
    directory: "/srv/factory",
    build: "debian-12-202601010000-0001",
    recipe: "00ff",
  });
  expect(Object.keys(units)).toEqual([
    "mnt-factory-build.mount",
    "mnt-factory-cache.mount",
    "mnt-factory-archives.mount",
  ]);
  expect(units["mnt-factory-build.mount"]).toContain(
    "What=10.60.0.5:/srv/factory/builds/debian-12/debian-12-202601010000-0001\nWhere=/mnt/factory/build\nType=nfs\n",
  );
  expect(units["mnt-factory-cache.mount"]).toContain("What=10.60.0.5:/srv/factory/cache/debian-12/00ff\n");
  expect(units["mnt-factory-archives.mount"]).toContain("What=10.60.0.5:/srv/factory/cache/_archives\n");
  for (const text of Object.values(units)) {
    expect(text).toContain("Options=rw,hard,nosuid,nodev,noexec\n");
    // mounted when the build's unit starts, and not at every boot
    expect(text).not.toContain("[Install]");
  }
});
