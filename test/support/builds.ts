/** A build as it shows from outside: its host, its events on the share, the lines of its deploy. */
import { mergeEvents, parseEvents, stageStatuses, type BuildEvent, type StageStatus } from "../../model/events";
import { BUILD_ID, names } from "../../model/naming";
import { SHARE_PATHS } from "../../model/plan";
import type { StageName } from "../../model/stages";
import { list } from "../../openstack/neutron";
import { listKeyPairs, listServers, type Server } from "../../openstack/nova";
import type { FactoryRun } from "./factory-run";
import type { Nodes } from "./nodes";

/** A stage's line on the console of a deploy. */
export function stageLine(stage: StageName, state: "started" | "succeeded" | "failed"): RegExp {
  return new RegExp(`\\d ${stage} +${state}`);
}

export class Builds {
  constructor(
    private readonly run: FactoryRun,
    private readonly nodes: Nodes,
  ) {}

  /** The id of the one build of an image that has a host now. */
  async current(image: string): Promise<string> {
    const servers = await listServers(this.run.session("build"), { tags: [`image=${image}`] });
    const ids = servers.map(({ name }) => name).filter((name) => BUILD_ID.exec(name)?.[1] === image);
    const [id] = ids;
    if (id === undefined || ids.length > 1) throw new Error(`build hosts of ${image}: ${ids.join(", ") || "none"}`);
    return id;
  }

  /** All events of a build in order. */
  async events(build: string): Promise<BuildEvent[]> {
    const directory = `${SHARE_PATHS.directory}/${SHARE_PATHS.buildDirectory(imageOf(build), build)}/events`;
    // The mark begins a line of its own even behind a last line that was cut off.
    const text = await this.nodes.must(
      this.share,
      `sudo sh -c 'cd ${directory} && for f in *.jsonl; do cat $f; echo; echo ===; done'`,
    );
    return mergeEvents(...text.split("===\n").map((part) => parseEvents(part.trimEnd())));
  }

  async statuses(build: string): Promise<StageStatus[]> {
    return stageStatuses(await this.events(build));
  }

  /** How often a stage told this. */
  async count(build: string, stage: StageName, state: BuildEvent["state"]): Promise<number> {
    return (await this.events(build)).filter((event) => event.stage === stage && event.state === state).length;
  }

  /** What stage 9 boots; undefined while (or when) there is none. */
  async testInstance(build: string): Promise<Server | undefined> {
    return (await listServers(this.run.session("build"), { name: names.testInstance(build) }))[0];
  }

  /** Names of what stage 9 made and has not removed: instances, ports, key pairs. */
  async temporary(build: string): Promise<string[]> {
    const session = this.run.session("build");
    const name = names.testInstance(build);
    const found = [
      ...(await listServers(session, { name })),
      ...(await list(session, "ports", { name })),
      ...(await listKeyPairs(session)).filter((pair) => pair.name === name),
    ];
    return found.map((one) => one.name);
  }

  /** What systemd says of the unit: active, inactive, failed, … */
  async unit(build: string): Promise<string> {
    return (await this.nodes.ssh(build, "systemctl is-active factory-build.service")).stdout.trim();
  }

  private get share(): string {
    return names.node(this.run.factory, "nfs-server");
  }
}

export function imageOf(build: string): string {
  const image = BUILD_ID.exec(build)?.[1];
  if (image === undefined) throw new Error(`"${build}" is no build id`);
  return image;
}
