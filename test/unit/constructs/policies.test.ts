import { ComputeInstanceV2 } from "@cdktf/provider-openstack/lib/compute-instance-v2";
import { NetworkingFloatingipV2 } from "@cdktf/provider-openstack/lib/networking-floatingip-v2";
import { Aspects, type IAspect, type TerraformStack } from "cdktf";
import { Peer, Port } from "../../../constructs/connections";
import { NoSecretInUserData, NothingOpenToAll, PublicAddressesOnlyFor } from "../../../constructs/policies";
import { SecurityGroup } from "../../../constructs/security-group";
import { testStack } from "./synth";

/** The errors that a policy leaves in the tree. */
function errors(policy: IAspect, build: (stack: TerraformStack) => void): string[] {
  const stack = testStack();
  build(stack);
  Aspects.of(stack).add(policy);
  for (const node of stack.node.findAll()) policy.visit(node);
  return stack.node
    .findAll()
    .flatMap((node) => node.node.metadata.filter((m) => m.type === "@cdktf/error").map((m) => String(m.data)));
}

const address = (id: string) => (stack: TerraformStack) =>
  void new NetworkingFloatingipV2(stack, id, { pool: "public" });
const opened = (cidr: string) => (stack: TerraformStack) => {
  const group = new SecurityGroup(stack, "group", { name: "g", description: "d" });
  group.connections.allowFrom(Peer.cidr(cidr), Port.ssh, "ssh");
};
const server = (userData: string) => (stack: TerraformStack) =>
  void new ComputeInstanceV2(stack, "server", { name: "s", userData });

test("fails for a public address on anything but a jump host", () => {
  expect(errors(new PublicAddressesOnlyFor(["jump-host"]), address("nfs-server"))).toEqual([
    expect.stringContaining("only jump-host may have a public address"),
  ]);
  expect(errors(new PublicAddressesOnlyFor(["jump-host"]), address("jump-host"))).toEqual([]);
});

test("fails for a port that is open to every address", () => {
  expect(errors(new NothingOpenToAll(), opened("0.0.0.0/0"))).toEqual([
    expect.stringContaining("opens tcp to every address"),
  ]);
  expect(errors(new NothingOpenToAll(), opened("10.0.0.0/24"))).toEqual([]);
});

test.each([
  ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----"],
  ["a password", "password: hunter2hunter2"],
  ["an application credential", 'OS_APPLICATION_CREDENTIAL_SECRET="abcdefghijkl"'],
])("fails for %s in user data", (_, text) => {
  expect(errors(new NoSecretInUserData(), server(`#cloud-config\n${text}\n`))).toEqual([
    expect.stringContaining("looks like a secret"),
  ]);
});

test("lets the settings that only speak of passwords pass", () => {
  expect(errors(new NoSecretInUserData(), server("PasswordAuthentication no\nssh_pwauth: false\n"))).toEqual([]);
});
