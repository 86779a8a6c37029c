import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  holderAmong,
  holderProcess,
  isAlive,
  parseProcesses,
  sessionIdentity,
} from "../../../deployer/session-identity";

const ps = `
    1     0 systemd
   50     1 bash
   60    50 node
   70    60 /usr/local/bin/terraform
   71    70 terraform-provider-openstack_v3.4.0
   80    70 sh
   90    80 node
  200    50 vi notes terraform
`;

test("reads what ps writes", () => {
  expect(parseProcesses(ps)).toHaveLength(8);
  expect(parseProcesses(ps)[7]).toEqual({ pid: 200, ppid: 50, command: "vi notes terraform" });
});

test.each([
  ["the Terraform that runs the provisioner", 90, 70],
  ["without Terraform the parent", 60, 50],
  ["itself when nobody is above it", 1, 1],
])("the holder is %s", (_, self, expected) => {
  expect(holderAmong(parseProcesses(ps), self)).toBe(expected);
});

test("OpenTofu counts as well", () => {
  expect(holderAmong(parseProcesses(ps.replace("/usr/local/bin/terraform", "tofu")), 90)).toBe(70);
});

test("two commands of one session have the same identity", async () => {
  expect(await sessionIdentity()).toEqual(await sessionIdentity());
});

test("a holder is alive as long as its process is; another process of that number is not it", async () => {
  const child = spawn("sleep", ["30"]);
  const identity = await sessionIdentity();
  expect(await isAlive(identity)).toBe(true);
  expect(await isAlive({ pid: child.pid ?? 0, started: identity.started })).toBe(false);
  child.kill();
  await once(child, "close");
  expect(await isAlive({ pid: child.pid ?? 0, started: "tick 1" })).toBe(false);
});

test("of a holder on another machine nothing is known", async () => {
  const identity = await sessionIdentity();
  expect(await holderProcess({ ...identity, host: "elsewhere.example.org" })).toBe("unknown");
  expect(await holderProcess(identity)).toBe("alive");
});
