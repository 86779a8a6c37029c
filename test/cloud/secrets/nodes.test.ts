/** Certificates and secrets on a real node: handed over, listed, renewed, rotated, without a rebuild. */
import { certificatesOf, listCertificates } from "../../../deployer/certificates";
import type { Deployment } from "../../../deployer/deployment";
import { Ways, type FactoryNode } from "../../../deployer/nodes";
import { renewCertificates } from "../../../deployer/renew";
import { ROLE_HANDOVERS } from "../../../deployer/roles";
import type { RoleHandover } from "../../../deployer/roles/role";
import { openSecrets } from "../../../deployer/secrets";
import { handOverSecret } from "../../../deployer/secrets/hand-over";
import { rotate } from "../../../deployer/secrets/rotate";
import type { SshHost } from "../../../deployer/ssh";
import { ownDeployment, type OwnDeployment } from "./context";
import { bootNode } from "./one-node";

const undone: (() => Promise<unknown>)[] = [];
const roles = ROLE_HANDOVERS as Record<string, readonly RoleHandover[]>;
const original = roles["jump-host"]!;
let own: OwnDeployment;
let deployment: Deployment;
let node: FactoryNode;
let host: SshHost;
let said: string[] = [];
const say = (line: string): unknown => said.push(line);

/** A stand-in for a role: a password, a certificate with its key, the CA, and a unit that is restarted. */
const standIn: RoleHandover = async ({ node: { name, address }, secrets, authority }) => {
  const ca = await authority();
  const issued = await ca.issue({ commonName: name, dnsNames: [name], addresses: [address] });
  return {
    credentials: [
      { name: "reader", content: await secrets.get("directoryReader") },
      { name: "node-key", content: issued.privateKey },
    ],
    files: [
      { path: "/etc/factory/certificates/node.pem", content: issued.certificate },
      { path: "/etc/factory/certificates/ca.pem", content: ca.certificate },
    ],
    restart: ["cron.service"],
  };
};

beforeAll(async () => {
  own = await ownDeployment();
  deployment = own.deployment;
  roles["jump-host"] = [standIn];
  node = await bootNode(deployment, undone);
  host = await new Ways(deployment).to(node);
}, 600_000);
afterAll(async () => {
  roles["jump-host"] = original;
  for (const undo of undone) await undo();
  await own.remove();
});
beforeEach(() => (said = []));

const decrypted = (name: string): Promise<string> =>
  host.asRoot(`systemd-creds decrypt --name=${name} /etc/credstore.encrypted/${name} -`);
const verify = (): Promise<string> =>
  host.asRoot("cd /etc/factory/certificates && openssl verify -x509_strict -CAfile ca.pem node.pem");
const booted = (): Promise<string> => host.asRoot("cat /proc/sys/kernel/random/boot_id; stat -c %W /etc/machine-id");

test("a node is given its certificate and password; the list tells of both certificates", async () => {
  await handOverSecret(deployment, "directoryReader", say);
  expect(said).toEqual(["directoryReader: is handed over to 1 node", `${node.name}: handed over`]);
  expect(await decrypted("reader")).toBe(await openSecrets(deployment).get("directoryReader"));
  expect(await verify()).toContain("node.pem: OK");
  const { authorities, nodes, problems } = await listCertificates(deployment);
  expect(problems).toEqual([]);
  expect(authorities.map(({ daysLeft }) => daysLeft)).toEqual([3652]);
  expect(nodes).toMatchObject([{ node: node.name, name: "node", names: [node.name, node.address], daysLeft: 89 }]);
});

test("what is good for long is left alone; asked for, it is renewed, with a key of its own, and the node goes on", async () => {
  const [[before], key, life] = [await certificatesOf(host), await decrypted("node-key"), await booted()];
  await renewCertificates(deployment, { nodes: [], days: 30 }, say);
  expect(said).toEqual([`${node.name}: is good for 89 days more`]);
  expect((await certificatesOf(host))[0]?.serial).toBe(before?.serial);

  await renewCertificates(deployment, { nodes: ["jump-host"], days: Infinity }, say);
  expect(said.at(-1)).toBe(`${node.name}: renewed (it ends in 89 days), good for 89 days`);
  expect((await certificatesOf(host))[0]?.serial).not.toBe(before?.serial);
  expect(await decrypted("node-key")).not.toBe(key);
  expect(await verify()).toContain("node.pem: OK");
  expect(await booted()).toBe(life);
});

test("a rotated password is on the node, and nothing else in Barbican", async () => {
  const former = await decrypted("reader");
  await rotate(deployment, "directoryReader", (name, at) => handOverSecret(deployment, name, say, at), say);
  const value = await decrypted("reader");
  expect(value).not.toBe(former);
  expect(value).toBe(await openSecrets(deployment).get("directoryReader"));
  expect(await openSecrets(deployment).all("directoryReader")).toHaveLength(1);
  for (const secret of [former, value]) expect(said.join("\n")).not.toContain(secret);
});

test("a rotated CA certifies the node, and the former one is trusted no more", async () => {
  const former = await openSecrets(deployment).authority();
  const count = (): Promise<string> => host.asRoot("grep -c BEGIN /etc/factory/certificates/ca.pem");
  const rounds: string[] = [];
  const handOver = async (): Promise<void> => {
    await handOverSecret(deployment, "ca", say);
    expect(await verify()).toContain("node.pem: OK");
    rounds.push((await count()).trim());
  };
  await rotate(deployment, "ca", handOver, say);
  expect(rounds).toEqual(["2", "2", "1"]);
  await host.putFile("/tmp/former.pem", former.certificate, "0644");
  await expect(
    host.asRoot("openssl verify -CAfile /tmp/former.pem /etc/factory/certificates/node.pem 2>&1"),
  ).rejects.toThrow();
});
