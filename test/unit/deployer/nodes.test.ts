import { findNode, withoutAddress, type FactoryNode } from "../../../deployer/nodes";
import type { Server } from "../../../openstack/nova";

const node = (name: string, ...tags: readonly string[]): FactoryNode => ({
  name,
  role: "build-host",
  project: "build",
  address: "10.0.0.1",
  user: "debian",
  server: { tags } as unknown as Server,
});
const nodes = [
  node("demo-jump-host"),
  node("demo-nfs-server"),
  node("debian-12-202601010000-0001", "image=debian-12"),
  node("a-202601010000-0001", "image=a"),
  node("a-202601010000-0002", "image=a"),
];

test.each([
  ["demo-jump-host", "demo-jump-host"],
  ["nfs-server", "demo-nfs-server"],
  ["debian-12-202601010000-0001", "debian-12-202601010000-0001"],
  ["debian-12", "debian-12-202601010000-0001"],
])("%s means %s", (name, expected) => {
  expect(findNode(nodes, name, "demo").name).toBe(expected);
});

test("what is not there, or not clear, is one line with what there is", () => {
  expect(() => findNode(nodes, "nobody", "demo")).toThrow(
    'there is no node "nobody"; there are: demo-jump-host, demo-nfs-server, debian-12-202601010000-0001, ',
  );
  expect(() => findNode(nodes, "a", "demo")).toThrow(
    '"a" may mean several nodes; there are: a-202601010000-0001, a-202601010000-0002',
  );
  expect(() => findNode([], "a", "demo")).toThrow('there is no node "a"; there are: none');
});

test("a server without an address is told with what to do", () => {
  expect(withoutAddress({ name: "demo-nfs-server", status: "BUILD" })).toBe(
    "server demo-nfs-server (BUILD) has no address yet; it is still being deployed: wait for the deploy's end, then try again",
  );
  expect(withoutAddress({ name: "demo-nfs-server", status: "ERROR" })).toContain("deploy the factory again");
});
