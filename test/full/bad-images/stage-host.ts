/** A build host beside no factory: a system container that runs stages 8 and 9 for images that are brought to it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { resolveMirrors } from "../../../config/apt-mirrors";
import { bundleRunner } from "../../../deployer/runner-bundle";
import { tags } from "../../../model/naming";
import { HOST_PATHS, type BuildPlan, type Credentials } from "../../../model/plan";
import { createApplicationCredential } from "../../../openstack/keystone";
import { deleteImage } from "../../../openstack/glance";
import type { Session } from "../../../openstack/session";
import { alterScript, type Alteration } from "../../support/altered-image";
import type { BuiltImage } from "../../support/built-image";
import { cloudEnv } from "../../support/cloud-env";
import { bootGuest, type Guest } from "../../support/guest";
import { ROOT } from "../../support/paths";
import { makeProjects, memberSession, type RunProjects } from "../../support/projects";
import { say } from "../../support/say";
import { imageDefinition } from "../../unit/model/definitions";
import type { Answer, Order } from "./run-stages";

/** Seconds that an emulated machine on a busy computer may need. */
const BOOT_TIMEOUT = 900;
/** The longest command, milliseconds: two tries of both stages. */
const LONGEST = 40 * 60_000;
const GOOD = "/srv/good.qcow2";
const IPERF3_PORT = 5201;

export interface Tried {
  readonly answer: Answer;
  /** Of the stage's directory of reports. */
  readonly file: (name: string) => Promise<string>;
  /** Ids in the report of what failed. */
  readonly junit: string;
}

export class StageHost {
  private constructor(
    private readonly projects: RunProjects,
    private readonly directory: string,
    private readonly session: Session,
    private readonly guest: Guest,
    private readonly plan: Omit<BuildPlan, "build">,
    private readonly credentials: Credentials,
  ) {}

  /** Boots it and brings the good image and the program. */
  static async start(image: BuiltImage): Promise<StageHost> {
    const directory = mkdtempSync(path.join(tmpdir(), "stage-host-"));
    const projects = await makeProjects(path.basename(directory), directory, cloudEnv());
    const session = memberSession(projects, "build");
    const guest = await bootGuest(session, directory);
    const { id, secret } = await createApplicationCredential(session, { name: "stages", roles: ["member"] });
    const credential = {
      authUrl: await session.endpoint("identity"),
      applicationCredentialId: id,
      applicationCredentialSecret: secret,
    };
    const host = new StageHost(projects, directory, session, guest, planFor(guest, await ownAddress(guest)), {
      build: credential,
    });
    await host.prepare(image);
    return host;
  }

  /** Makes the altered image there, registers and tests it; what it leaves in the cloud goes. */
  async examine(alteration: Alteration | undefined, number: number): Promise<Tried> {
    const build = `debian-12-202601010000-00${number.toString(16).padStart(2, "0")}`;
    const root = `/srv/case-${number}`;
    const local = `${root}${HOST_PATHS.scratch}/${build}/artefacts`;
    const qcow2 = `${local}/${build}.qcow2`;
    await this.root(`mkdir -p ${local} ${root}/run/factory ${root}${HOST_PATHS.scratch}/${build}/work
      cp /srv/packages.txt ${local}/`);
    await this.root(alteration ? alterScript(GOOD, qcow2, alteration) : `cp ${GOOD} ${qcow2}`);
    const size = Number(await this.root(`qemu-img info --output=json ${qcow2} | jq '."virtual-size"'`));
    const sha256 = (await this.root(`sha256sum < ${qcow2}`)).split(" ")[0] ?? "";
    const data = {
      checkout: { recipeDigest: "0".repeat(64) },
      "build-image": {
        file: qcow2,
        raw: `${root}/none`,
        virtualSize: size,
        sha256,
        patchedUntil: new Date().toISOString(),
      },
    };
    const order: Order = {
      plan: { ...this.plan, build, tags: tags({ factory: this.plan.factory, image: this.plan.image.name, build }) },
      root,
      data,
    };
    await this.root(`cat > ${root}/run/factory/credentials.json`, JSON.stringify(this.credentials));
    await this.root(`cat > ${root}/order.json`, JSON.stringify(order));
    const output = await this.root(`node /srv/run-stages.js ${root}/order.json 2> ${root}/progress.log`);
    const answer = JSON.parse(output) as Answer;
    say(`${alteration?.name ?? "the good image"}: ${answer.failureClass ?? "passed"}: ${answer.message}`);
    const file = (name: string): Promise<string> => this.root(`cat ${local}/test/${name}`);
    return { answer, file, junit: await file("junit.xml").catch(() => "") };
  }

  /** Takes everything away, images too. */
  async end(): Promise<void> {
    for (const image of await this.images()) await deleteImage(this.session, image);
    await this.guest.remove();
    await this.projects.remove();
    rmSync(this.directory, { recursive: true });
  }

  /** A command as root there; its output. */
  root(command: string, stdin?: string | Buffer): Promise<string> {
    const script = `sudo bash -c ${quoted(command)}`;
    return this.guest.must(script, stdin === undefined ? undefined : Buffer.from(stdin), LONGEST);
  }

  private async prepare(image: BuiltImage): Promise<void> {
    const { code } = await bundleRunner(ROOT, "test/full/bad-images/run-stages.ts");
    await this.root("cat > /srv/run-stages.js", code);
    await this.root("cat > /srv/packages.txt", readFileSync(image.packages));
    await this.root(`cat > ${GOOD}`, readFileSync(image.qcow2));
    await this.root(
      "command -v lynis > /dev/null || { apt-get -q update && apt-get -q -y install lynis; } > /dev/null",
    );
    await this.root(`iperf3 --server --daemon --port ${IPERF3_PORT}`);
  }

  private async images(): Promise<string[]> {
    const { images } = await this.session.json<{ images: { id: string; owner: string }[] }>({
      service: "image",
      method: "GET",
      path: "/images",
      query: { visibility: "private" },
    });
    return images.filter(({ owner }) => owner === this.projects.ids["build"]).map(({ id }) => id);
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

async function ownAddress(guest: Guest): Promise<string> {
  return (await guest.must("hostname -I")).trim().split(" ")[0] ?? "";
}

function planFor({ networkId, securityGroupId }: Guest, iperf3: string): Omit<BuildPlan, "build"> {
  return {
    version: 1,
    factory: "bad-images",
    image: imageDefinition(),
    tags: [],
    requestedBy: "test@desk",
    expires: new Date(Date.now() + 3_600_000).toISOString(),
    options: { force: false, skipPublish: true, debug: false },
    recipes: { commit: "1".repeat(40), dirty: false, source: { kind: "bundle" } },
    mirrors: resolveMirrors({ debian: "auto", debianSecurity: "auto" }),
    home: { name: "one", cloud: "build", region: "RegionOne" },
    regions: [],
    testInstance: {
      networkId,
      securityGroupId,
      flavor: "m1.small",
      zone: "qemu",
      activeTimeout: 300,
      bootTimeout: BOOT_TIMEOUT,
    },
    signing: { fingerprint: "A".repeat(40), publicKey: "" },
    buckets: { cloud: "build", requests: "none", staging: "none", stagingDays: 1 },
    iperf3: { host: iperf3, port: IPERF3_PORT },
    timeouts: {},
    publish: { visibility: "public", requestDays: 14 },
  };
}
