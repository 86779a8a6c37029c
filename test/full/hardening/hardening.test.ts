/** A factory with all its nodes, judged from outside by ssh-audit and from inside by lynis. */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { NODE_ROLES, roleTag } from "../../../model/naming";
import * as nova from "../../../openstack/nova";
import { FactoryRun } from "../../support/factory-run";
import { Nodes } from "../../support/nodes";
import { pythonTool } from "../../support/python-tool";
import { say } from "../../support/say";
import { scenario } from "../../support/scenario";

const MINUTE = 60_000;
const SSH_AUDIT = "3.9.0";
/** In a container a dozen kernel settings are the host's and count against the node: a virtual machine has more. */
const LEAST_INDEX = 70;

describe("what is hardened", () => {
  const step = scenario();
  let run: FactoryRun;
  let nodes: Nodes;
  /** Name of one node of each role. */
  let roles: ReadonlyMap<string, string>;

  beforeAll(async () => {
    run = await FactoryRun.create({ label: "hardening", change: () => undefined });
    nodes = new Nodes(run);
  }, 2 * MINUTE);
  afterAll(() => run.end([]), 15 * MINUTE);

  const keep = (name: string, text: string): void => writeFileSync(path.join(run.results, name), text);

  step(
    "a factory with a node of every role",
    async () => {
      await run.factoryCommand(["setup"]);
      await run.cdktf("deploy", "factory");
      const servers = [
        ...(await nova.listServers(run.session("build"))),
        ...(await nova.listServers(run.session("services"))),
      ];
      roles = new Map(
        NODE_ROLES.flatMap((role) => {
          const [first] = servers.filter((server) => server.tags.includes(roleTag(role))).map(({ name }) => name);
          return first === undefined ? [] : [[role, first] as const];
        }),
      );
      expect([...roles.keys()]).toEqual([...NODE_ROLES]);
    },
    25 * MINUTE,
  );

  step(
    "ssh-audit finds nothing to fail on any of them",
    async () => {
      const program = await pythonTool("ssh-audit", SSH_AUDIT);
      for (const [role, name] of roles) {
        const report = await nodes.forwarded(name, 22, (port) => audit(program, port));
        keep(`ssh-audit-${role}.txt`, report);
        const fails = report.split("\n").filter((line) => line.includes("[fail]"));
        expect([role, fails]).toEqual([role, []]);
        expect(report).toMatch(/\(key\) ssh-ed25519 .*\n/);
      }
    },
    10 * MINUTE,
  );

  step(
    `lynis gives each an index of at least ${LEAST_INDEX}`,
    async () => {
      const indices = new Map<string, number>();
      for (const [role, name] of roles) {
        await nodes.must(name, "sudo /usr/local/sbin/factory-install lynis", 5 * MINUTE);
        await nodes.ssh(name, "sudo lynis audit system --quick --quiet --no-colors", 10 * MINUTE);
        const report = await nodes.must(name, "sudo cat /var/log/lynis-report.dat");
        keep(`lynis-${role}.dat`, report);
        indices.set(role, Number(/^hardening_index=(\d+)$/m.exec(report)?.[1] ?? 0));
        say(`lynis: ${role}: ${indices.get(role)}`);
      }
      expect([...indices].filter(([, index]) => index < LEAST_INDEX)).toEqual([]);
    },
    60 * MINUTE,
  );

  step(
    "is taken down",
    async () => {
      await run.factoryCommand(["destroy", "--purge-data", "--yes"]);
      run.finished = true;
    },
    15 * MINUTE,
  );
});

/** ssh-audit's report. Its test of how many connections are taken a second is left out: it would meet the rate limit. */
function audit(program: string, port: number): Promise<string> {
  const args = ["--no-colors", "--skip-rate-test", "--port", String(port), "127.0.0.1"];
  return new Promise((resolve, reject) => {
    // its exit status says whether there is something to warn of, too
    execFile(program, args, { timeout: 2 * MINUTE }, (error, stdout) =>
      stdout === "" ? reject(new Error(`ssh-audit: ${error?.message ?? "no report"}`)) : resolve(stdout),
    );
  });
}
