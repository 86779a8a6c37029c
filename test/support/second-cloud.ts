/** A cloud beside the machine's one, for a test alone: its own name, network, settings and state. */
import { execFileSync, spawnSync, type SpawnSyncReturns } from "node:child_process";
import path from "node:path";
import { readCloudsFile, sessionOptions } from "../../openstack/clouds-file";
import { Session } from "../../openstack/session";
import { parseEnvironment } from "./cloud-env";
import { ROOT } from "./paths";
import { say } from "./say";

export interface SecondCloudSettings {
  /** Network namespace; at most 14 letters. */
  readonly name: string;
  /** Three octets, the third even. */
  readonly net: string;
  /** A directory that goes with the test. */
  readonly state: string;
  /** Availability zones, separated by blanks. */
  readonly zones: string;
  readonly project: string;
  /** Further settings, by their names behind FACTORY_CLOUD_. */
  readonly more?: Readonly<Record<string, string>>;
}

export class SecondCloud {
  private readonly env: NodeJS.ProcessEnv;

  constructor(private readonly settings: SecondCloudSettings) {
    const { name, net, state, zones, project, more = {} } = settings;
    const values = { NAME: name, NET: net, STATE: state, ZONES: zones, PROJECTS: project, ...more };
    const own = Object.entries(values).map(([key, value]) => [`FACTORY_CLOUD_${key}`, value]);
    this.env = { ...process.env, ...(Object.fromEntries(own) as NodeJS.ProcessEnv) };
  }

  up(): void {
    const { status, stdout, stderr } = this.run("up");
    say(`cloud/up of cloud ${this.settings.name}: exit status ${status}`);
    if (status !== 0) throw new Error(`cloud/up of cloud ${this.settings.name}:\n${stdout}${stderr}`);
  }

  /** Nothing of it is left. */
  purge(): void {
    const { status, stderr } = this.run("down", "--purge");
    if (status !== 0) say(`cloud/down of cloud ${this.settings.name}: exit status ${status}: ${stderr}`);
  }

  /** @param entry of its clouds.yaml: a project, or `admin` */
  session(region = "RegionOne", entry = this.settings.project): Session {
    const options = { cwd: ROOT, env: this.env, encoding: "utf8" } as const;
    const env = parseEnvironment(execFileSync("bash", ["-c", 'eval "$(cloud/env)"; env -0'], options));
    return new Session(sessionOptions(readCloudsFile(env), entry, region));
  }

  private run(command: string, ...args: string[]): SpawnSyncReturns<string> {
    return spawnSync(path.join(ROOT, "cloud", command), args, { env: this.env, encoding: "utf8", cwd: ROOT });
  }
}
