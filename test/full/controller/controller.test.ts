/**
 * The controller on a real cloud, with a stand-in for Jenkins' package from a repository of the test's own: that Jenkins
 * itself can not be had here is the first case of it.
 */
import { randomBytes } from "node:crypto";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "yaml";
import { JENKINS } from "../../../model/jenkins";
import { names } from "../../../model/naming";
import { listApplicationCredentials } from "../../../openstack/keystone";
import { eventually } from "../../support/eventually";
import { FactoryRun, type Configuration } from "../../support/factory-run";
import { bootGuest, type Guest } from "../../support/guest";
import { asRoot, Nodes, type SshResult } from "../../support/nodes";
import { scenario } from "../../support/scenario";
import { makeRepository, type StandInRepository } from "../../support/stand-in-jenkins/repository";
import { deployerSteps } from "./deployer-steps";

const VERSION = "2.504.3";
const NEWER = "2.516.1";
const STATE = "/var/lib/factory/jenkins-state.json";
const FILES = ["access.local.yaml", "agent.yaml", "jenkins.yaml", "locks.yaml", "metrics.yaml", "security.yaml"];
const ADMIN = "/etc/credstore.encrypted/JENKINS_ADMIN_PASSWORD";

let run: FactoryRun;
let nodes: Nodes;
let repository: StandInRepository;
let guest: Guest;
let controller: string;
let jumpHost: string;
const step = scenario();

beforeAll(async () => {
  run = await FactoryRun.create({ label: "controller", change: withController });
  nodes = new Nodes(run);
  controller = names.node(run.factory, "controller");
  jumpHost = names.node(run.factory, "jump-host");
  repository = makeRepository(run.directory, [VERSION, NEWER]);
  guest = await bootGuest(run.session("services"), run.directory);
}, 300_000);

afterAll(async () => {
  await guest.remove();
  await run.end(["factory"]);
}, 600_000);

function withController({ nodes: kinds }: Configuration): void {
  for (const kind of ["directoryReplica", "webServer", "publisher"]) delete kinds[kind];
}

const base = (): string => `http://${guest.address}`;
const root = (script: string, timeout?: number): Promise<string> => nodes.must(controller, asRoot(script), timeout);
const attempt = (script: string): Promise<SshResult> => nodes.ssh(controller, asRoot(script), 300_000);
const state = async (): Promise<unknown> => JSON.parse(await root(`cat ${STATE}`));
const health = async (): Promise<string> => (await attempt("/etc/factory/health.d/40-jenkins")).stdout.trim();
const installed = async (): Promise<boolean> => (await attempt("dpkg-query -W jenkins 2>/dev/null")).code === 0;

/** curl on the jump host, which may reach the proxy; gives what it prints. */
async function browse(url: string, ...options: readonly string[]): Promise<string> {
  const { address } = await nodes.find(controller);
  const ca = Buffer.from(await root(`cat ${JENKINS.authority}`)).toString("base64");
  const name = `${controller}.${names.domain(run.factory)}`;
  const curl = ["curl", "--silent", "--show-error", "--max-time", "20", "--cacert", "ca.pem"];
  const to = [443, 80].map((port) => `--resolve ${name}:${port}:${address}`);
  const command = [...curl, ...to, url.replace("://controller", `://${name}`), ...options].join(" ");
  return nodes.must(jumpHost, `echo ${ca} | base64 -d >ca.pem; ${command}`);
}

step(
  "a repository that nobody serves yet",
  async () => {
    const served = execFileSync("tar", ["-C", repository.directory, "-c", "."]);
    await guest.must("sudo mkdir -p /srv/www; sudo tar -x -C /srv/www --no-same-owner", served);
    await guest.must(`set -e; cd /srv/www; sudo mkdir /tmp/classes
      sudo java -m jdk.compiler/com.sun.tools.javac.Main -d /tmp/classes PluginManager.java
      printf 'Manifest-Version: 1.0\\nMain-Class: PluginManager\\n' | sudo tee /tmp/classes/MANIFEST >/dev/null
      sudo java -m jdk.jartool/sun.tools.jar.Main --create --file plugin-manager.jar --manifest /tmp/classes/MANIFEST -C /tmp/classes PluginManager.class`);
    const config = parse(readFileSync(run.config, "utf8")) as Record<string, unknown>;
    const jenkins = {
      version: VERSION,
      repository: `${base()}/debian-stable`,
      key: { url: `${base()}/debian-stable/key`, fingerprint: repository.fingerprint },
      pluginManager: { url: `${base()}/plugin-manager.jar` },
      updateCentre: base(),
      required: false,
    };
    writeFileSync(run.config, stringify({ ...config, jenkins }));
  },
  120_000,
);

step(
  "the factory is deployed without Jenkins, and the deploy says so in one line",
  async () => {
    await run.factoryCommand(["setup"]);
    const { output } = await run.cdktf("deploy", "factory");
    const told = output.split("\n").filter((line) => line.includes("Jenkins is not installed"));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(`${controller}: Jenkins is not installed: ${base()}/debian-stable is not in reach (`);
    expect(told[0]).toContain("all else works without it");
  },
  900_000,
);

step("whether the repository is in reach is known within 20 seconds", async () => {
  const start = Date.now();
  await root("systemctl start factory-jenkins-install.service");
  expect(Date.now() - start).toBeLessThan(20_000);
  expect(await state()).toMatchObject({ outcome: "absent" });
  expect(await installed()).toBe(false);
});

step(
  "without Jenkins the proxy answers with TLS of the factory's CA, and a page that says what is missing",
  async () => {
    const answer = await browse("https://controller/", "--include");
    expect(answer).toMatch(/^HTTP\/2 503/);
    expect(answer).toMatch(/^retry-after: 30\r$/m);
    expect(answer).toContain("Jenkins is not available");
    await expect(browse("https://controller/", "--cacert", "/etc/ssl/certs/ca-certificates.crt")).rejects.toThrow(
      /certificate/,
    );
  },
);

step("where Jenkins is required the same node is not in order", async () => {
  const settings = "/etc/factory/jenkins/install.json";
  await root(`cp ${settings} /root/install.json; sed -i 's/"required":false/"required":true/' ${settings}`);
  expect((await attempt("systemctl start factory-jenkins-install.service")).code).not.toBe(0);
  expect(await attempt("/etc/factory/health.d/40-jenkins")).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("is not in reach") as unknown,
  });
  await root(`cp /root/install.json ${settings}; systemctl reset-failed`);
});

step("a key with another fingerprint stops it in one line, and nothing is installed", async () => {
  await guest.must(
    "sudo systemd-run --quiet --unit=www --working-directory=/srv/www python3 -m http.server 80; cd /srv/www/debian-stable; sudo mv key right-key; sudo cp other-key key",
  );
  await eventually(
    "the repository answers",
    () => guest.must(`curl -sf ${base()}/debian-stable/key`).catch(() => undefined),
    { timeout: 20_000 },
  );
  expect((await attempt("systemctl start factory-jenkins-install.service")).code).not.toBe(0);
  const line = `Jenkins is not installed: ${base()}/debian-stable/key holds ${repository.otherFingerprint} instead of the key ${repository.fingerprint} that jenkins.key.fingerprint names`;
  expect(await state()).toEqual({ outcome: "refused", line });
  expect(await health()).toBe(line);
  expect(await installed()).toBe(false);
  expect(await root("ls /etc/apt/keyrings /etc/apt/sources.list.d")).not.toContain("jenkins");
});

step("two keys in one file are refused, though one of them is the right one", async () => {
  await guest.must("cd /srv/www/debian-stable; cat right-key other-key | sudo tee key >/dev/null");
  expect((await attempt("systemctl start factory-jenkins-install.service")).code).not.toBe(0);
  expect(await installed()).toBe(false);
});

step("a package that the key has not signed is refused", async () => {
  await guest.must(
    "cd /srv/www/debian-stable; sudo cp right-key key; sudo cp -r binary signed; sudo sed -i s/2.504.3/2.504.4/ binary/InRelease binary/Packages",
  );
  expect((await attempt("systemctl start factory-jenkins-install.service")).code).not.toBe(0);
  expect(await state()).toMatchObject({
    outcome: "refused",
    line: expect.stringMatching(/^apt-get update: E: /) as unknown,
  });
  expect(await installed()).toBe(false);
  await guest.must("cd /srv/www/debian-stable; sudo rm -r binary; sudo mv signed binary");
});

step("a plugin manager that is not the one that its publisher tells of is not run", async () => {
  await guest.must("cd /srv/www; sha256sum </etc/hostname | cut -c-64 | sudo tee plugin-manager.jar.sha256");
  await root("systemctl start factory-jenkins-install.service", 300_000).catch(() => undefined);
  expect(await state()).toMatchObject({
    outcome: "refused",
    line: expect.stringMatching(
      /plugin-manager\.jar has the SHA-256 [0-9a-f]{64} instead of [0-9a-f]{64}, which /,
    ) as unknown,
  });
  expect((await attempt("test -e /var/lib/jenkins/plugins")).code).not.toBe(0);
  await guest.must("cd /srv/www; sha256sum plugin-manager.jar | sudo tee plugin-manager.jar.sha256");
});

step("Jenkins does not start while a secret is missing, or empty", async () => {
  await root(`mv ${ADMIN} /root/admin`);
  await root("systemctl restart factory-jenkins.target", 300_000);
  expect(await installed()).toBe(true);
  expect(await health()).toBe(
    "Jenkins does not start: secret JENKINS_ADMIN_PASSWORD is missing (access.local.yaml names it)",
  );
  await root(`systemd-creds encrypt --name=JENKINS_ADMIN_PASSWORD - ${ADMIN} </dev/null`);
  await root("systemctl restart factory-jenkins.target");
  expect(await health()).toBe(
    "Jenkins does not start: secret JENKINS_ADMIN_PASSWORD is empty (access.local.yaml names it)",
  );
  expect((await attempt("test -e /var/lib/jenkins/starts.jsonl")).code).not.toBe(0);
});

step("a secret that a JCasC file names and nobody knows keeps it from starting", async () => {
  await root(`mv /root/admin ${ADMIN}; echo '# \${UNKNOWN}' >${JENKINS.casc}/further.yaml`);
  await root("systemctl restart factory-jenkins.target");
  expect(await health()).toContain("secret UNKNOWN is missing (further.yaml names it)");
  await root(`rm ${JENKINS.casc}/further.yaml`);
});

interface Started {
  readonly time: number;
  readonly user: number;
  readonly environment: readonly string[];
  readonly secrets: Readonly<Record<string, number>>;
  readonly configuration: readonly string[];
  readonly plugins: readonly string[];
  readonly wizard: boolean;
}
const starts = async (): Promise<Started[]> =>
  (await root("cat /var/lib/jenkins/starts.jsonl"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Started);

step("with all in place it starts, as itself, with plugins, configuration and secrets there before", async () => {
  await root("systemctl restart factory-jenkins.target");
  await eventually(
    "Jenkins answers",
    async () => ((await health()).startsWith(`Jenkins ${VERSION}, `) ? true : undefined),
    { timeout: 60_000 },
  );
  const [started, ...others] = await starts();
  expect(others).toEqual([]);
  expect(started).toMatchObject({ user: 905, configuration: FILES, wizard: false });
  expect(Object.keys(started!.secrets)).toEqual(["JENKINS_ADMIN_PASSWORD", "JENKINS_AGENT_KEY", "JENKINS_METRICS_KEY"]);
  expect(started!.secrets["JENKINS_ADMIN_PASSWORD"]).toBeGreaterThan(15);
  const listed = parse(readFileSync(path.join(run.root, "jenkins", "plugins.yaml"), "utf8")) as {
    readonly plugins: readonly { readonly artifactId: string }[];
  };
  expect(started!.plugins).toEqual(expect.arrayContaining(listed.plugins.map(({ artifactId }) => `${artifactId}.jpi`)));
  expect(await root("cat /var/lib/jenkins/plugins/fetched-from")).toBe(`${base()}\n`);
});

step("no secret is in its environment, and it listens on loopback only", async () => {
  const secret = await root(`systemd-creds decrypt --name=JENKINS_ADMIN_PASSWORD ${ADMIN} -`);
  const environment = await root("cat /proc/$(systemctl show --property MainPID --value jenkins.service)/environ");
  expect(environment).toContain("SECRETS=/run/credentials/jenkins.service");
  expect(environment).not.toContain(secret.trim());
  expect(await root("ss -Hltn sport = :8080")).toMatch(/127\.0\.0\.1:8080/);
  expect((await root("ss -Hltn sport = :8080")).trim().split("\n")).toHaveLength(1);
});

step("files are whose they should be", async () => {
  const modes = async (...files: string[]): Promise<string[]> =>
    (await root(`stat --format "%U:%G %a %n" ${files.join(" ")}`)).trim().split("\n");
  const { casc, plugins, certificate } = JENKINS;
  expect(
    await modes(casc, `${casc}/*`, "/var/lib/jenkins", "/var/lib/jenkins/plugins", "/var/lib/jenkins/plugins/git.jpi"),
  ).toEqual([
    `jenkins:jenkins 700 ${casc}`,
    ...FILES.map((name) => `jenkins:jenkins 600 ${casc}/${name}`),
    "jenkins:jenkins 750 /var/lib/jenkins",
    expect.stringMatching(/^jenkins:jenkins 7[05]5? /) as unknown as string,
    expect.stringMatching(/^jenkins:jenkins 6[04][04] /) as unknown as string,
  ]);
  expect(
    await modes(plugins, certificate, "/etc/credstore.encrypted", "/etc/apt/keyrings/factory-jenkins.asc"),
  ).toEqual([
    `root:root 644 ${plugins}`,
    `root:root 644 ${certificate}`,
    "root:root 700 /etc/credstore.encrypted",
    "root:root 644 /etc/apt/keyrings/factory-jenkins.asc",
  ]);
});

step("the version is held: an upgrade does not move it to the newer one that the repository has", async () => {
  expect(await root("apt-mark showhold")).toBe("jenkins\n");
  expect(await root("apt-cache madison jenkins")).toContain(NEWER);
  await root("apt-get --quiet update && apt-get --quiet --yes upgrade", 300_000);
  await root("apt-mark unhold jenkins && apt-get --quiet --yes install jenkins; apt-mark hold jenkins", 300_000);
  expect(await root("dpkg-query --show --showformat '${Version}' jenkins")).toBe(VERSION);
});

step("run again, the installation changes nothing and disturbs nobody, without the repository", async () => {
  await guest.must("sudo systemctl stop www");
  await root("systemctl start factory-jenkins-install.service");
  expect(await state()).toEqual({ outcome: "installed", line: `Jenkins ${VERSION} is installed` });
  expect(await starts()).toHaveLength(1);
});

step("the proxy stands in front: TLS by the factory's CA, its headers, websockets, and no way around TLS", async () => {
  const answer = await browse("https://controller/login", "--include");
  expect(answer).toMatch(/^HTTP\/2 200/);
  for (const header of [
    `x-jenkins: ${VERSION}`,
    "strict-transport-security: max-age=31536000",
    "x-content-type-options: nosniff",
    "referrer-policy: same-origin",
  ])
    expect(answer).toContain(`${header}\r\n`);
  expect(answer.match(/^x-frame-options:/gm)).toHaveLength(1);
  expect(answer).toContain('"X-Forwarded-Proto": "https"');
  // to curl 101 is no final answer, and it misses that one
  const upgrade = ["--http1.1", "--include", "--header Connection:Upgrade --header Upgrade:websocket || test $? = 52"];
  expect(await browse("https://controller/websocket", ...upgrade)).toMatch(/^HTTP\/1.1 101/);
  await expect(browse("http://controller/")).rejects.toThrow(/exit status (7|28)/);
  for (const version of ["--tlsv1.0 --tls-max 1.1"])
    await expect(browse("https://controller/", version)).rejects.toThrow("exit status 35");
});

step("a backup brings back what was deleted, and one that is cut off changes nothing", async () => {
  await root("install -d -o jenkins -g jenkins /var/lib/jenkins/jobs/one/workspace /var/lib/jenkins/caches");
  const mark = randomBytes(8).toString("hex");
  await root(`echo ${mark} >/var/lib/jenkins/jobs/one/config.xml; echo x >/var/lib/jenkins/jobs/one/workspace/x`);
  await root("factory-backup-collect >/root/backup.tar");
  const contents = await root("tar -tf /root/backup.tar");
  expect(contents).toContain("./jobs/one/config.xml");
  expect(contents).not.toMatch(/workspace|caches|plugins/);
  await root("rm -r /var/lib/jenkins/jobs");
  expect((await attempt("head -c 700 /root/backup.tar | factory-backup-apply")).code).not.toBe(0);
  expect(await health()).toContain(`Jenkins ${VERSION}`);
  await root("factory-backup-apply </root/backup.tar");
  expect(await root("cat /var/lib/jenkins/jobs/one/config.xml; stat --format %U /var/lib/jenkins/jobs/one")).toBe(
    `${mark}\njenkins\n`,
  );
  await eventually("Jenkins answers", async () => ((await health()).startsWith("Jenkins ") ? true : undefined), {
    timeout: 60_000,
  });
});

step("a stopped Jenkins is told by its health and by a page", async () => {
  await root("systemctl stop jenkins.service");
  expect(await health()).toBe("jenkins.service is inactive");
  expect(await browse("https://controller/", "--include")).toMatch(/^HTTP\/2 503/);
  await root("systemctl start jenkins.service");
});

deployerSteps(step, { run: () => run, nodes: () => nodes, controller: () => controller });

step("Jenkins' Java trusts the factory's CA, and whom Java trusts anyway", async () => {
  const list = "keytool -list -keystore /var/lib/factory/jenkins-trust -storepass changeit";
  const aliases = await root(`${list} | grep -c trustedCertEntry; ${list} -alias factory-0 | grep -c trustedCertEntry`);
  expect(Number(aliases.split("\n")[0])).toBeGreaterThan(50);
  expect(aliases.split("\n")[1]).toBe("1");
});

step("the network test's server listens", async () => {
  expect(await root("ss -Hltn sport = :5201")).toContain(":5201");
});

step(
  "a rebuilt controller has its home again, whatever it was installed from",
  async () => {
    await guest.must("sudo systemd-run --quiet --unit=www --working-directory=/srv/www python3 -m http.server 80");
    const before = await root("cat /var/lib/jenkins/starts.jsonl");
    await run.factoryCommand(["replace", "controller"]);
    nodes.forget();
    const after = await root("cat /var/lib/jenkins/starts.jsonl");
    expect(after.startsWith(before) && after.length > before.length).toBe(true);
    expect(await root("stat --format %U /var/lib/jenkins/starts.jsonl")).toBe("jenkins\n");
  },
  600_000,
);

step(
  "it goes with the factory",
  async () => {
    await run.factoryCommand(["destroy", "--purge-data", "--yes"]);
    const left = await listApplicationCredentials(run.session("build"));
    expect(left.map(({ name }) => name)).toEqual([]);
    run.finished = true;
  },
  600_000,
);
