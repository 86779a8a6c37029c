/** A little use of a cloud, with the environment that its cloud/env prints. */
import { execFileSync } from "node:child_process";
import { readCloudsFile, sessionOptions } from "../../../openstack/clouds-file";
import { list, oneByName, remove } from "../../../openstack/neutron";
import { Session } from "../../../openstack/session";
import { parseEnvironment } from "../../support/cloud-env";

function member(exports: string): Session {
  const script = `eval "$1"; env -0`;
  const env = parseEnvironment(execFileSync("bash", ["-c", script, "bash", exports], { encoding: "utf8" }));
  return new Session(sessionOptions(readCloudsFile(env), env["OS_CLOUD"]!));
}

export async function createNetwork(exports: string, name: string): Promise<void> {
  const options = { service: "network", method: "POST", path: "/networks", json: { network: { name } } } as const;
  await member(exports).request(options);
}

export async function networkNames(exports: string): Promise<string[]> {
  return (await list(member(exports), "networks")).map(({ name }) => name).sort();
}

export async function deleteNetwork(exports: string, name: string): Promise<void> {
  const session = member(exports);
  await remove(session, "networks", (await oneByName(session, "networks", name)).id);
}
