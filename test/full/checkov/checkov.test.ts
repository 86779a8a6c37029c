/** checkov, as somebody else's eye on what is synthesised. Our own policies (constructs/policies) are the real check. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ROOT } from "../../support/paths";
import { pythonTool } from "../../support/python-tool";
import { say } from "../../support/say";

const MINUTE = 60_000;
const VERSION = "3.3.30";

/** Rules whose findings are right and stay, each with the reason in a line. */
const ACCEPTED: Readonly<Record<string, string>> = {};

interface Finding {
  readonly check_id: string;
  readonly resource: string;
}

interface Report {
  readonly passed: readonly Finding[];
  readonly failed: readonly Finding[];
}

let directory: string;
let checkov: string;
beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "checkov-"));
  checkov = await pythonTool("checkov", VERSION);
}, 20 * MINUTE);
afterAll(() => rmSync(directory, { recursive: true }));

function check(folder: string): Report {
  const args = ["--directory", folder, "--framework", "terraform_json", "--skip-download", "--output", "json"];
  const { stdout, stderr } = spawnSync(checkov, [...args, "--soft-fail"], { encoding: "utf8", maxBuffer: 1e9 });
  const { results } = JSON.parse(stdout || stderr) as {
    readonly results: { readonly passed_checks: readonly Finding[]; readonly failed_checks: readonly Finding[] };
  };
  return { passed: results.passed_checks, failed: results.failed_checks };
}

const rules = (findings: readonly Finding[]): string[] => [...new Set(findings.map((one) => one.check_id))].sort();

/** The example factory and its builds, each stack in a folder as checkov knows them. */
function synthesise(): string {
  const home = path.join(directory, "home");
  mkdirSync(path.join(home, "ssh"), { recursive: true });
  writeFileSync(path.join(home, "ssh", "id_ed25519.pub"), "ssh-ed25519 AAAA deployer\n");
  const out = path.join(directory, "out");
  const { app } = JSON.parse(readFileSync(path.join(ROOT, "cdktf.json"), "utf8")) as { readonly app: string };
  execFileSync("sh", ["-c", app], { cwd: ROOT, env: { ...process.env, FACTORY_HOME: home, CDKTF_OUTDIR: out } });
  const stacks = path.join(directory, "stacks");
  for (const stack of readdirSync(path.join(out, "stacks"))) {
    mkdirSync(path.join(stacks, stack), { recursive: true });
    cpSync(path.join(out, "stacks", stack, "cdk.tf.json"), path.join(stacks, stack, "cdk.tf.json"));
  }
  return stacks;
}

test(
  "finds nothing in the factory's stacks that is not argued here",
  () => {
    const { passed, failed } = check(synthesise());
    const ran = rules([...passed, ...failed]);
    say(`checkov ${VERSION}: rules that ran: ${ran.join(", ")}; ${passed.length} passed, ${failed.length} failed`);
    // all that it has for resources of ours: secrets in the provider, SSH and RDP from everywhere, passwords of servers
    expect(ran).toEqual(
      expect.arrayContaining(["CKV_OPENSTACK_1", "CKV_OPENSTACK_2", "CKV_OPENSTACK_3", "CKV_OPENSTACK_4"]),
    );
    expect(failed.filter(({ check_id: id }) => !(id in ACCEPTED))).toEqual([]);
    expect(Object.keys(ACCEPTED).filter((id) => !rules(failed).includes(id))).toEqual([]);
  },
  5 * MINUTE,
);

test(
  "finds what is wrong where something is",
  () => {
    const folder = path.join(directory, "wrong");
    mkdirSync(folder);
    const rule = {
      direction: "ingress",
      protocol: "tcp",
      port_range_min: 22,
      port_range_max: 22,
      remote_ip_prefix: "0.0.0.0/0",
    };
    const resource = {
      openstack_networking_secgroup_rule_v2: { wrong: { security_group_id: "g", ethertype: "IPv4", ...rule } },
    };
    writeFileSync(path.join(folder, "cdk.tf.json"), JSON.stringify({ resource }));
    expect(rules(check(folder).failed)).toEqual(["CKV_OPENSTACK_2"]);
  },
  5 * MINUTE,
);
