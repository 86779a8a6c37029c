import { ComputeInstanceV2 } from "@cdktf/provider-openstack/lib/compute-instance-v2";
import { TerraformLocal, type TerraformStack } from "cdktf";
import { NoPasswordLogin } from "../../../../constructs/policies/no-password-login";
import { errors } from "./policy";

const local = (text: string) => (stack: TerraformStack) => new TerraformLocal(stack, "user-data", text);

test.each([
  "ssh_pwauth: true",
  "chpasswd: { expire: false }",
  "users:\n  - name: a\n    lock_passwd: false",
  "users:\n  - name: a\n    passwd: $6$x",
  "content: |\n  PasswordAuthentication yes",
  "content: |\n  PermitRootLogin prohibit-password",
  "content: |\n  kbdinteractiveauthentication yes",
])("fails for user data with %j", (text) => {
  expect(errors(new NoPasswordLogin(), local(`#cloud-config\n${text}\n`))).toEqual([
    expect.stringContaining("user data allows a login by password or as root"),
  ]);
});

test("fails for user data that stands in the server itself, and for an administrator's password", () => {
  const server = (stack: TerraformStack) =>
    new ComputeInstanceV2(stack, "server", { name: "s", userData: "ssh_pwauth: true", adminPass: "x" });
  expect(errors(new NoPasswordLogin(), server)).toHaveLength(2);
});

test("lets what forbids passwords pass", () => {
  expect(errors(new NoPasswordLogin(), local("ssh_pwauth: false\nPasswordAuthentication no\n"))).toEqual([]);
});
