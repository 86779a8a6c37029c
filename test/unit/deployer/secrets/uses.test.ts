import { inOrderOf } from "../../../../deployer/hand-over-again";
import { SECRET_NAMES, SECRET_USES } from "../../../../deployer/secrets/uses";
import type { FactoryNode } from "../../../../deployer/nodes";
import { secretsSchema } from "../../../../model/config/secrets";
import { NODE_ROLES } from "../../../../model/naming";

const node = (name: string, role: string): FactoryNode => ({ name, role }) as FactoryNode;

test("every secret of factory.yaml has its users", () => {
  expect([...SECRET_NAMES].sort()).toEqual(Object.keys(secretsSchema.shape).sort());
});

test("a new password reaches the directory's servers first, the provider before the others, then each node once", () => {
  const nodes = [
    node("demo-controller", "controller"),
    node("demo-directory-replica-10", "directory-replica"),
    node("demo-directory-replica-2", "directory-replica"),
    node("demo-jump-host", "jump-host"),
    node("debian-12-202601311200-3f2a", "build-host"),
    node("demo-directory-replica", "directory-replica"),
  ];
  expect(inOrderOf(SECRET_USES.directoryReader.roles, nodes).map(({ name }) => name)).toEqual([
    "demo-directory-replica",
    "demo-directory-replica-2",
    "demo-directory-replica-10",
    "demo-jump-host",
    "demo-controller",
  ]);
  expect([...SECRET_USES.ca.roles].sort()).toEqual([...NODE_ROLES].sort());
});
