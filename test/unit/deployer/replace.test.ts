import type { FactoryNode, NodeRole } from "../../../deployer/nodes";
import { chooseNodes, launchToReplace } from "../../../deployer/replace";
import type { Server } from "../../../openstack/nova";

const node = (name: string, role: NodeRole, ...tags: readonly string[]): FactoryNode => ({
  name,
  role,
  project: "build",
  address: "10.0.0.1",
  user: "debian",
  server: { tags } as unknown as Server,
});
const nodes = [
  node("demo-jump-host", "jump-host"),
  node("demo-nfs-server", "nfs-server"),
  node("debian-12-202601010000-0001", "build-host", "image=debian-12"),
];
const chosen = (...wanted: readonly string[]): string[] => chooseNodes(nodes, wanted, "demo").map(({ name }) => name);

test("nodes are replaced in the order in which they are named, each once", () => {
  expect(chosen("nfs-server", "jump-host", "demo-nfs-server")).toEqual(["demo-nfs-server", "demo-jump-host"]);
});

test("fails when one of them does not exist, with those that do", () => {
  expect(() => chosen("nfs-server", "nobody")).toThrow(
    'there is no node "nobody"; there are: demo-jump-host, demo-nfs-server, debian-12-202601010000-0001',
  );
});

test.each(["debian-12", "debian-12-202601010000-0001"])(
  "fails for a build host (%s): it goes with its build",
  (name) => {
    expect(() => chosen("jump-host", name)).toThrow(
      "debian-12-202601010000-0001: is a build host, it goes with its build: cdktf destroy build-<image>, and build again",
    );
  },
);

test("one launch of one server is meant", () => {
  expect(launchToReplace("s-1@2026-01-01T00:00:00.000000", "s-1")).toBe("2026-01-01T00:00:00.000000");
  expect(launchToReplace("s-1@2026-01-01T00:00:00.000000", "s-2")).toBeUndefined();
  expect(launchToReplace(undefined, "s-1")).toBeUndefined();
});
