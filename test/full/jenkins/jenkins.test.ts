/**
 * The job of an image builds on the local cloud: pipeline and library run in the harness, every script really, so that
 * its 15 stages make a real image. The build host's agent is this machine: only what it shows is another's.
 */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { STAGE_NAMES } from "../../../model/stages";
import { listImages } from "../../../openstack/glance";
import { listServers } from "../../../openstack/nova";
import { FactoryRun } from "../../support/factory-run";
import { JENKINS, runJobs, type JobResult } from "../../support/jenkins-harness";
import { ROOT } from "../../support/paths";
import { say } from "../../support/say";
import { scenario } from "../../support/scenario";
import { PARAMETERS } from "../../unit/jenkins/image-job";

const MINUTE = 60_000;
const IMAGE = "debian-12";

describe("the job of an image", () => {
  const step = scenario();
  let run: FactoryRun;
  let result: JobResult;
  let workspace: string;

  beforeAll(async () => {
    run = await FactoryRun.create({ label: "jenkins" });
    workspace = path.join(run.directory, "workspace");
  }, 5 * MINUTE);
  afterAll(async () => run.end([`build-${IMAGE}`]), 30 * MINUTE);

  /** `factory` as the agent deployer has it; the controller's key is the deploying side's here. */
  function factoryProgram(): string {
    const folder = path.join(run.directory, "bin");
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, "factory");
    const key = path.join(run.home, "ssh", "id_ed25519.pub");
    writeFileSync(
      file,
      `#!/bin/sh\ncd '${ROOT}'\nif [ "$1 $2" = "jenkins agent" ]; then set -- "$@" --key '${key}'; fi\nexec node bin/factory "$@"\n`,
    );
    chmodSync(file, 0o755);
    return folder;
  }

  step(
    "a factory is deployed",
    async () => {
      await run.factoryCommand(["setup"]);
      await run.cdktf("deploy", "factory");
    },
    40 * MINUTE,
  );

  step(
    "the pipeline builds the image",
    async () => {
      const shell = { ...run.env(), PATH: `${factoryProgram()}:${process.env["PATH"] ?? ""}` };
      const environment = JSON.parse(JSON.stringify(shell)) as Readonly<Record<string, string>>;
      const job = {
        name: IMAGE,
        job: IMAGE,
        jenkinsfile: path.join(JENKINS, "jobs", "image.Jenkinsfile"),
        jobParams: PARAMETERS,
        lockLabels: ["build-hosts"],
        environment: { ...environment, FACTORY_TEAM: "team@example.org" },
        nodes: [{ name: "deployer", labels: ["deployer"], workspace }],
      };
      const log = path.join(run.results, "pipeline.log");
      writeFileSync(log, "");
      const options = {
        directory: run.directory,
        timeout: 180 * MINUTE,
        echo: (text: string) => writeFileSync(log, text, { flag: "a" }),
      };
      [result] = (await runJobs([job], options)) as [JobResult];
      say(result.stages.map(({ name, status, seconds }) => `${name} ${status} ${seconds ?? ""}`).join("\n"));
      expect(result.problem).toBeNull();
      expect(result.result).toBe("SUCCESS");
    },
    200 * MINUTE,
  );

  step("its stages are the 15, in their order", () => {
    expect(result.stages.filter(({ branch }) => branch === null).map(({ name, status }) => [name, status])).toEqual(
      STAGE_NAMES.map((name) => [name, "SUCCESS"]),
    );
  });

  step("there is an image in each region, and no host any more", async () => {
    for (const [entry, region] of [
      ["build", "RegionOne"],
      ["build-r2", "RegionTwo"],
    ] as const) {
      const images = await listImages(run.session(entry, region), { status: "active" });
      expect(images.filter(({ name }) => name?.startsWith(IMAGE))).not.toEqual([]);
    }
    const servers = await listServers(run.session("build"), {});
    expect(servers.filter(({ name }) => name.startsWith(`${IMAGE}-`))).toEqual([]);
  });

  step("what remains: test results, artefacts without the image, statistics, the first success's mail", () => {
    expect(result.tests[0]?.failed).toBe(0);
    expect(result.archived.some((name) => name.endsWith("SHA256SUMS"))).toBe(true);
    expect(result.archived.some((name) => name.endsWith(".qcow2"))).toBe(false);
    const statistics = JSON.parse(readFileSync(path.join(workspace, "statistics", "builds.json"), "utf8")) as {
      readonly builds: readonly { readonly result: string }[];
    };
    expect(statistics.builds.at(-1)?.result).toBe("succeeded");
    expect(result.mails).toMatchObject([{ cc: ["images@example.org"] }]);
  });

  step(
    "the factory is destroyed",
    async () => {
      await run.factoryCommand(["destroy", "--purge-data", "--yes"]);
      run.finished = true;
    },
    30 * MINUTE,
  );
});
