import { ComputeInstanceV2 } from "@cdktf/provider-openstack/lib/compute-instance-v2";
import { ComputeKeypairV2 } from "@cdktf/provider-openstack/lib/compute-keypair-v2";
import { KeymanagerSecretV1 } from "@cdktf/provider-openstack/lib/keymanager-secret-v1";
import { TerraformLocal, TerraformOutput, type TerraformStack } from "cdktf";
import { DataResource } from "../../../../constructs/data-resource";
import { NoSecret } from "../../../../constructs/policies/no-secret";
import { errors } from "./policy";

const SECRET = "password: hunter2hunter2";

test.each<readonly [string, (stack: TerraformStack) => unknown]>([
  [
    "user data",
    (stack) => new ComputeInstanceV2(stack, "server", { name: "s", userData: `#cloud-config\n${SECRET}\n` }),
  ],
  ["a local", (stack) => new TerraformLocal(stack, "local", SECRET)],
  ["an output", (stack) => new TerraformOutput(stack, "output", { value: SECRET })],
  ["metadata", (stack) => new ComputeInstanceV2(stack, "server", { name: "s", metadata: { note: SECRET } })],
  [
    "a provisioner's environment",
    (stack) =>
      new DataResource(stack, "data", {
        provisioners: [{ type: "local-exec", command: "true", environment: { OS_PASSWORD: "hunter2hunter2" } }],
      }),
  ],
  [
    "a provisioner's command",
    (stack) =>
      new DataResource(stack, "data", { provisioners: [{ type: "local-exec", command: "x --token=abcdefgh12" }] }),
  ],
])("fails for a secret in %s, without showing it", (_, build) => {
  const [said = "", ...more] = errors(new NoSecret(), build);
  expect(said).toBe("holds a password, secret or token; hand it over by attach");
  expect(more).toEqual([]);
});

test("fails for a resource that would keep its secret in the state", () => {
  const secret = (stack: TerraformStack) => new KeymanagerSecretV1(stack, "secret", { name: "s" });
  expect(errors(new NoSecret(), secret)).toEqual(["openstack_keymanager_secret_v1 keeps a secret in the state"]);
  const keyPair = (stack: TerraformStack) => new ComputeKeypairV2(stack, "pair", { name: "p" });
  expect(errors(new NoSecret(), keyPair)).toEqual(["a key pair without a public key keeps a secret in the state"]);
});

test("lets public keys and settings that only speak of passwords pass", () => {
  const build = (stack: TerraformStack) => {
    new ComputeKeypairV2(stack, "pair", { name: "p", publicKey: "ssh-ed25519 AAAA deployer" });
    new TerraformLocal(stack, "local", "PasswordAuthentication no\nssh_pwauth: false\n");
  };
  expect(errors(new NoSecret(), build)).toEqual([]);
});
