/**
 * The directory and who logs in by it, on a real cloud: two jump hosts, the NFS server as a joined node, two replicas in
 * a project of their own. One scenario; each step needs those before it.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { names } from "../../../model/naming";
import { getServer } from "../../../openstack/nova";
import { compareInventories } from "../../support/compare-inventories";
import { changeDirectory, directoryKnows } from "../../support/directory";
import { eventually } from "../../support/eventually";
import { FactoryRun, type Configuration } from "../../support/factory-run";
import { inventory, type InventoryItem } from "../../support/inventory";
import { asRoot, Nodes, type Login, type SshResult } from "../../support/nodes";
import { entry, login, seedPeople, type Person } from "../../support/people";
import { say } from "../../support/say";
import { scenario } from "../../support/scenario";

const MINUTE = 60_000;
const BASE = "dc=factory,dc=internal";

describe("the directory", () => {
  const step = scenario();
  let run: FactoryRun;
  let nodes: Nodes;
  let before: InventoryItem[];
  let jumpHost: string;
  let node: string;
  let provider: string;
  let consumer: string;

  beforeAll(async () => {
    run = await FactoryRun.create({ label: "directory", change: withDirectory });
    nodes = new Nodes(run);
    before = await inventory(run.projects);
    jumpHost = names.node(run.factory, "jump-host");
    node = names.node(run.factory, "nfs-server");
    [provider = "", consumer = ""] = names.nodes(run.factory, "directory-replica", 2);
  }, 5 * MINUTE);

  afterAll(() => run.end(["factory"]), 20 * MINUTE);

  const by = (person: Person): Login => login(run.directory, person);
  const as = (person: Person, where: string, command = "id -un"): Promise<SshResult> =>
    nodes.sshAs(by(person), where, command);
  /** What the node itself says to somebody, whatever the jump host thinks of them. */
  const straight = (person: Person, where: string): Promise<SshResult> =>
    nodes.sshAs(by(person), where, "id -un", "deployer");
  const root = (where: string, script: string): Promise<string> => nodes.must(where, asRoot(script), 2 * MINUTE);
  const change = (where: string, ldif: string): Promise<SshResult> => changeDirectory(nodes, where, ldif);
  const knows = async (where: string, uid: string): Promise<true | undefined> =>
    (await directoryKnows(nodes, where, uid)) ? true : undefined;

  /** Who gets in where: what has to hold at any time. */
  async function everybodyIsWhereTheyBelong(): Promise<void> {
    const answers = {
      "admin on the jump host": (await as("alice", jumpHost)).stdout,
      "admin on a node": (await as("alice", node)).stdout,
      "user on the jump host": (await as("bob", jumpHost)).stdout,
      "user on a node": (await straight("bob", node)).code,
      "stranger on the jump host": (await as("carol", jumpHost)).code,
      "stranger on a node": (await straight("carol", node)).code,
    };
    expect(answers).toEqual({
      "admin on the jump host": "alice\n",
      "admin on a node": "alice\n",
      "user on the jump host": "bob\n",
      "user on a node": 255,
      "stranger on the jump host": 255,
      "stranger on a node": 255,
    });
  }

  async function power(name: string, action: "os-stop" | "os-start", status: string): Promise<void> {
    const project = name.includes("directory") ? "services" : "build";
    const session = run.session(project);
    const { id } = await nodes.find(name);
    await session.request({
      service: "compute",
      method: "POST",
      path: `/servers/${id}/action`,
      json: { [action]: null },
    });
    const look = async () => ((await getServer(session, id))?.status === status ? true : undefined);
    await eventually(`${name}: ${status}`, look, { timeout: 3 * MINUTE });
  }

  /** Whoever is asked for is asked for anew. */
  const forgetWhatIsKnown = async (): Promise<void> => {
    for (const where of [jumpHost, node]) await root(where, "sss_cache -E 2>/dev/null || true");
  };
  const inSync = async (): Promise<true | undefined> =>
    (await nodes.ssh(consumer, "sudo /etc/factory/health.d/25-replication")).code === 0 ? true : undefined;
  const healthy = async (where: string): Promise<true | undefined> =>
    (await nodes.ssh(where, "sudo factory-health")).code === 0 ? true : undefined;

  step(
    "a factory with two replicas and people in its seed is deployed, every node passes its checks",
    async () => {
      await run.factoryCommand(["setup"]);
      const { output } = await run.cdktf("deploy", "factory");
      for (const name of [provider, consumer, node]) expect(output).toMatch(new RegExp(`${name}: in order at `));
    },
    25 * MINUTE,
  );

  step(
    "an admin and a user get in by their keys from the directory, everybody else is refused",
    async () => {
      await everybodyIsWhereTheyBelong();
    },
    3 * MINUTE,
  );

  step("a home is made at the first login, nobody else's to read", async () => {
    expect((await as("alice", node, "stat -c '%U %a' ~")).stdout).toBe("alice 700\n");
  });

  step("sudo is the admins' alone", async () => {
    expect((await as("alice", node, "sudo -n id -un")).stdout).toBe("root\n");
    expect((await as("bob", jumpHost, "sudo -n id -un")).code).toBe(1);
  });

  step("the image's own login user needs no directory", async () => {
    for (const where of [jumpHost, node, provider, consumer]) await nodes.must(where, "sudo -n true");
  });

  step("who is anonymous reads nothing, the reader no password, and there is TLS only, from 1.2 on", async () => {
    const secret = "/run/credentials/factory-directory.service";
    const url = `ldaps://${provider}.${names.domain(run.factory)}`;
    const asked = async (who: string): Promise<SshResult> =>
      nodes.ssh(provider, `sudo ldapsearch -LLL -x ${who} -H ${url} -b ${BASE} '(uid=alice)'`);
    expect((await asked("")).stdout).toBe("");
    const reader = await asked(`-D cn=reader,cn=factory -y ${secret}/directory-reader`);
    expect(reader.stdout).toMatch(/^sshPublicKey:/m);
    expect(reader.stdout).not.toMatch(/userPassword/);
    const replicator = await asked(`-D cn=replicator,cn=factory -y ${secret}/directory-replicator`);
    expect(replicator.stdout).toMatch(/^userPassword:/m);
    expect(await root(provider, "ss -Hltn 'sport = :389'")).toBe("");
    const tls = async (version: string): Promise<number> =>
      (
        await nodes.ssh(
          provider,
          `echo | openssl s_client -connect localhost:636 -${version} 2>&1 | grep -q 'Cipher is [A-Z]'`,
        )
      ).code;
    expect([await tls("tls1_2"), await tls("tls1_3"), await tls("tls1_1")]).toEqual([0, 0, 1]);
  });

  step(
    "no password of it is in a file on a disk",
    async () => {
      const password = await root(node, "cat /run/credentials/sssd.service/directory-reader");
      expect(password.length).toBeGreaterThan(8);
      const search =
        "grep -rlaF -f /run/credentials/sssd.service/directory-reader --one-file-system /etc /var /usr/local /root /home || true";
      for (const where of [jumpHost, node, provider]) expect(await root(where, search)).toBe("");
    },
    3 * MINUTE,
  );

  step("writes go to the provider, the other replica refers to it and catches up", async () => {
    const refused = await change(consumer, entry("dave", BASE));
    expect(refused.code).toBe(10);
    expect(refused.stderr).toContain(`ldaps://${provider}.${names.domain(run.factory)}`);
    expect((await change(provider, entry("dave", BASE))).code).toBe(0);
    await eventually("dave on the consumer", () => knows(consumer, "dave"), { timeout: MINUTE, interval: 500 });
    await eventually("the consumer in sync", inSync, { timeout: MINUTE });
  });

  step(
    "the jump host leads to SSH of the factory's nodes and nowhere else, and forwards nothing back",
    async () => {
      const { address } = await nodes.find(provider);
      const config = path.join(run.directory, `ssh-bob-${(await nodes.find(jumpHost)).id}`);
      await as("bob", jumpHost);
      const ssh = (...args: string[]): string => {
        try {
          return execFileSync("ssh", ["-F", config, ...args], {
            timeout: 20_000,
            stdio: ["ignore", "pipe", "pipe"],
            encoding: "utf8",
          });
        } catch (error) {
          return String((error as { stderr?: string }).stderr);
        }
      };
      expect(ssh("-W", `${address}:22`, jumpHost)).toMatch(/^SSH-2\.0/);
      for (const elsewhere of [`${address}:636`, "172.24.4.1:22", "169.254.169.254:80"])
        expect(`${elsewhere} ${ssh("-W", elsewhere, jumpHost)}`).toMatch(/stdio forwarding|open failed|prohibited/i);
      expect(ssh("-o", "ExitOnForwardFailure=yes", "-R", "9999:localhost:22", jumpHost, "true")).toMatch(
        /remote port forwarding failed/,
      );
      expect((await as("bob", jumpHost, `timeout 5 bash -c 'exec 3<>/dev/tcp/${address}/636'`)).code).not.toBe(0);
    },
    3 * MINUTE,
  );

  step("its log tells who came from where with which key, and where to", async () => {
    const { address } = await nodes.find(node);
    const key = execFileSync("ssh-keygen", ["-l", "-f", `${by("alice").identity}.pub`], {
      encoding: "utf8",
    }).split(" ")[1];
    const log = await root(jumpHost, "factory-sessions --user alice");
    expect(log).toMatch(/^\S+Z alice from [\d.]+ key \S+: let in$/m);
    expect(log).toContain(`key ${key}: to ${address}:22\n`);
    expect(await root(jumpHost, "factory-sessions --user carol")).toMatch(/carol from [\d.]+ key \S+: refused$/m);
    expect(await root(jumpHost, "ls /var/log/journal")).not.toBe("");
  });

  for (const which of ["the provider", "the consumer"] as const)
    step(
      `all of that still with ${which} stopped`,
      async () => {
        const name = which === "the provider" ? provider : consumer;
        await power(name, "os-stop", "SHUTOFF");
        await forgetWhatIsKnown();
        await everybodyIsWhereTheyBelong();
        await power(name, "os-start", "ACTIVE");
        await eventually(`${name} healthy`, () => healthy(name), { timeout: 3 * MINUTE });
      },
      10 * MINUTE,
    );

  step(
    "a person who is taken out of the group stays out within a minute or two",
    async () => {
      const member = (verb: string): string =>
        `dn: cn=factory-users,ou=groups,${BASE}\nchangetype: modify\n${verb}: memberUid\nmemberUid: bob\n`;
      await change(provider, member("delete"));
      const refused = async () => ((await as("bob", jumpHost)).code === 255 ? true : undefined);
      await eventually("bob is refused", refused, { timeout: 2 * MINUTE });
      await change(provider, member("add"));
      await eventually("bob is let in", async () => ((await as("bob", jumpHost)).code === 0 ? true : undefined), {
        timeout: 2 * MINUTE,
      });
    },
    5 * MINUTE,
  );

  step(
    "known admins get in while no replica is there at all",
    async () => {
      await as("alice", node);
      await power(provider, "os-stop", "SHUTOFF");
      await power(consumer, "os-stop", "SHUTOFF");
      expect((await straight("alice", node)).stdout).toBe("alice\n");
      expect((await straight("carol", node)).code).toBe(255);
      expect((await nodes.ssh(node, "sudo /etc/factory/health.d/20-people")).code).toBe(1);
      for (const name of [provider, consumer]) await power(name, "os-start", "ACTIVE");
      for (const name of [provider, consumer, node])
        await eventually(`${name} healthy`, () => healthy(name), { timeout: 3 * MINUTE });
    },
    10 * MINUTE,
  );

  step(
    "of two jump hosts one may be gone",
    async () => {
      await power(jumpHost, "os-stop", "SHUTOFF");
      const { output } = await run.factoryCommand(["ssh", "nfs-server", "--", "hostname"]);
      expect(output).toContain(node);
      await power(jumpHost, "os-start", "ACTIVE");
      await eventually("the jump host", () => healthy(jumpHost), { timeout: 3 * MINUTE });
    },
    8 * MINUTE,
  );

  step(
    "a replaced provider has all its people, and the other replica follows it",
    async () => {
      const boot = await root(provider, "cat /etc/ssh/ssh_host_ed25519_key.pub");
      await run.factoryCommand(["replace", "directory-replica"]);
      nodes.forget();
      expect(await root(provider, "cat /etc/ssh/ssh_host_ed25519_key.pub")).not.toBe(boot);
      expect(await knows(provider, "dave")).toBe(true);
      expect((await change(provider, entry("erin", BASE))).code).toBe(0);
      await eventually("erin on the consumer", () => knows(consumer, "erin"), { timeout: 2 * MINUTE });
      await everybodyIsWhereTheyBelong();
    },
    15 * MINUTE,
  );

  step(
    "what is restored from a backup reaches every replica; damage leaves the directory as it was",
    async () => {
      const backup = path.join(run.directory, "backup.tar");
      await nodes.fetch(provider, "sudo factory-backup-collect", backup);
      await change(provider, `dn: uid=dave,ou=people,${BASE}\nchangetype: delete\n`);
      await eventually("dave is gone", async () => ((await knows(consumer, "dave")) ? undefined : true), {
        timeout: MINUTE,
      });
      const restore = (tar: Buffer, where = provider): Promise<SshResult> =>
        nodes.ssh(where, `echo ${tar.toString("base64")} | base64 -d | sudo factory-backup-apply`, 2 * MINUTE);
      const damaged = path.join(run.directory, "directory.ldif");
      writeFileSync(damaged, `dn: uid=x,${BASE}\nobjectClass: nothing\n`);
      execFileSync("tar", ["-C", run.directory, "-cf", `${damaged}.tar`, "directory.ldif"]);
      expect((await restore(readFileSync(`${damaged}.tar`))).code).toBe(1);
      await eventually("alice is still there", () => knows(provider, "alice"), { timeout: MINUTE });
      expect(await knows(provider, "dave")).toBeUndefined();
      expect((await restore(readFileSync(backup), consumer)).stderr).toMatch(/restore that one/);
      expect((await restore(readFileSync(backup))).code).toBe(0);
      for (const name of [provider, consumer])
        await eventually(`dave on ${name}`, () => knows(name, "dave"), { timeout: MINUTE });
      await eventually("the consumer in sync", inSync, { timeout: MINUTE });
    },
    8 * MINUTE,
  );

  step(
    "the reader's password is another one, and nobody notices",
    async () => {
      const old = await root(node, "sha256sum </run/credentials/sssd.service/directory-reader");
      await run.factoryCommand(["secrets", "rotate", "directoryReader"]);
      expect(await root(node, "sha256sum </run/credentials/sssd.service/directory-reader")).not.toBe(old);
      await forgetWhatIsKnown();
      await everybodyIsWhereTheyBelong();
    },
    8 * MINUTE,
  );

  step(
    "nothing is left after a destroy with purge",
    async () => {
      await run.factoryCommand(["destroy", "--purge-data", "--yes"]);
      const { added, gone } = compareInventories(before, await inventory(run.projects));
      expect({ added, gone }).toEqual({ added: [], gone: [] });
      run.finished = true;
      say("the directory's factory is gone");
    },
    15 * MINUTE,
  );
});

/** Two jump hosts, the replicas, and a seed with people whose keys are made here. */
function withDirectory({ nodes, directory }: Configuration, folder: string): void {
  for (const kind of ["controller", "webServer", "publisher"]) delete nodes[kind];
  nodes["jumpHost"]!["count"] = 2;
  directory["seed"] = seedPeople(folder, BASE);
}
