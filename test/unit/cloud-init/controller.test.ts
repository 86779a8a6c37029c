import { controllerUserData } from "../../../cloud-init/controller";
import { fileOf, jenkins, nodeValues, read } from "./all-roles";

const render = (more: Partial<typeof jenkins> = {}) =>
  read(controllerUserData({ ...nodeValues, volumeId: "v-1", jenkins: { ...jenkins, ...more } }));
const settings = (more: Partial<typeof jenkins> = {}) =>
  JSON.parse(fileOf(render(more), "/etc/factory/jenkins/install.json")) as Record<string, unknown>;

test("with required properties: what the installation is told, and a plugin manager as it was published", () => {
  expect(settings()).toEqual({
    version: "2.504.3",
    repository: "https://jenkins.test/debian-stable",
    key: jenkins.key,
    pluginManager: { url: "https://jenkins.test/manager.jar", sha256: null },
    updateCentre: "https://updates.test",
    required: false,
  });
});

test("with all properties: the plugin manager pinned by its SHA-256", () => {
  const pluginManager = { url: "https://jenkins.test/manager.jar", sha256: "a".repeat(64) };
  expect(settings({ pluginManager, required: true })).toMatchObject({ pluginManager, required: true });
});

test("Java is the configured one", () => {
  const install = render({ java: 21 }).runcmd.find(([program]) => program === "factory-install");
  expect(install).toContain("openjdk-21-jre-headless");
});

test("nothing of Jenkins is installed or started by cloud-init's own run", () => {
  const commands = render().runcmd.map((words) => words.join(" "));
  expect(commands.filter((line) => /--now.*(jenkins-install\.service|jenkins\.(service|target))/.test(line))).toEqual(
    [],
  );
  expect(commands.filter((line) => /factory-install.* jenkins( |$)/.test(line))).toEqual([]);
});

test("Jenkins starts after its installation and its data, checked before, on loopback, without a wizard", () => {
  const unit = fileOf(render(), "/etc/systemd/system/jenkins.service.d/factory.conf");
  expect(unit).toContain("Requires=factory-data.service factory-jenkins-install.service\n");
  expect(unit).toContain("After=factory-data.service factory-jenkins-install.service\n");
  expect(unit).toContain("ExecCondition=+/usr/local/sbin/factory-jenkins-check\n");
  expect(unit).toContain("Environment=JENKINS_LISTEN_ADDRESS=127.0.0.1\n");
  expect(unit).toContain("-Djenkins.install.runSetupWizard=false");
  expect(unit).toMatch(/^LoadCredentialEncrypted=JENKINS_ADMIN_PASSWORD$/m);
});

test("Jenkins' home is on the volume, with the same user on every root disk", () => {
  const role = render();
  expect(fileOf(role, "/etc/systemd/system/factory-data.service")).toContain(
    "factory-mount-volume v-1 /var/lib/jenkins",
  );
  expect(fileOf(role, "/etc/sysusers.d/factory-controller.conf")).toMatch(/^u jenkins 905 /);
  const commands = role.runcmd.map((words) => words.join(" "));
  const users = commands.findIndex((line) => line.startsWith("systemd-sysusers"));
  expect(users).toBeGreaterThan(-1);
  expect(users).toBeLessThan(commands.findIndex((line) => line.includes("factory-data.service")));
});

test("the deployer's user ends every night what has expired, and nothing waits for it forever", () => {
  const role = render();
  const unit = fileOf(role, "/etc/systemd/system/factory-reap.service");
  expect(unit).toContain("User=deployer\n");
  expect(unit).toContain("ExecStart=/usr/local/bin/factory reap --delete\n");
  expect(unit).toMatch(/^TimeoutStartSec=/m);
  expect(fileOf(role, "/etc/systemd/system/factory-reap.timer")).toMatch(/^OnCalendar=\*-\*-\* \d\d:\d\d:\d\d$/m);
  expect(role.runcmd.flat()).toContain("factory-reap.timer");
});
