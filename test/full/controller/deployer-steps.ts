/** What the deployer on the controller has to do there, as steps of the controller's scenario. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { AGENT_SIGNING } from "../../../model/agent";
import { names } from "../../../model/naming";
import type { FactoryRun } from "../../support/factory-run";
import { asRoot, type Nodes, type SshResult } from "../../support/nodes";
import type { scenario } from "../../support/scenario";

/** They are there when the first step runs. */
export interface Deployed {
  readonly run: () => FactoryRun;
  readonly nodes: () => Nodes;
  readonly controller: () => string;
}

export function deployerSteps(step: ReturnType<typeof scenario>, deployed: Deployed): void {
  const root = (script: string, timeout?: number): Promise<string> =>
    deployed.nodes().must(deployed.controller(), asRoot(script), timeout);
  const attempt = (script: string): Promise<SshResult> =>
    deployed.nodes().ssh(deployed.controller(), asRoot(script), 300_000);

  step(
    "the deployer on the controller runs this factory's commands, with credentials that nobody else can read",
    async () => {
      expect(await root("factory validate")).toContain(`factory "${deployed.run().factory}" is valid`);
      const told = await root("factory status", 180_000);
      for (const role of ["jump-host", "nfs-server", "controller"])
        expect(told).toContain(names.node(deployed.run().factory, role));
      expect(await root("factory certificates list", 120_000)).toContain(deployed.controller());
      await root("systemctl start factory-renew.service factory-reap.service", 300_000);
      expect(await root("journalctl --unit factory-reap --output cat")).toContain("no build has left anything behind");
      const shown = "/run/credentials/factory-deployer.service";
      expect((await deployed.nodes().ssh(deployed.controller(), `cat ${shown}/deployer-clouds`)).code).not.toBe(0);
      expect((await deployed.nodes().ssh(deployed.controller(), "factory validate")).stderr).toContain(
        "sudo factory validate",
      );
      const onDisk = await attempt(
        "grep -rlsE 'application_credential_secret|BEGIN OPENSSH' /etc/factory /var/lib/deployer",
      );
      expect(onDisk.stdout).toBe("");
      expect(await root("id -nG deployer; stat --format '%U %a' /var/lib/deployer")).toBe("deployer\ndeployer 700\n");
      expect((await attempt("runuser -u deployer -- sudo -n true")).code).not.toBe(0);
    },
    600_000,
  );

  step(
    "Jenkins' agent logs in as the deployer on loopback with the key that the node made, and from nowhere else",
    async () => {
      const key =
        "systemd-creds decrypt --name=JENKINS_AGENT_KEY /etc/credstore.encrypted/JENKINS_AGENT_KEY /run/agent-key && chmod 600 /run/agent-key";
      const ssh =
        "ssh -n -i /run/agent-key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes";
      const { address } = await deployed.nodes().find(deployed.controller());
      expect(await root(`${key}; ${ssh} deployer@127.0.0.1 "id -un; factory validate"`)).toContain(
        "deployer\nfactory ",
      );
      expect((await attempt(`${ssh} deployer@${address} id`)).stderr).toContain("Permission denied");
      await root("rm /run/agent-key");
    },
  );

  step(
    "the deployer signs with a subkey in memory that nobody else can read; what certifies it has stayed",
    async () => {
      const gpg = `runuser -u deployer -- gpg --homedir ${AGENT_SIGNING.home} --batch --pinentry-mode error`;
      const listed = await root(`${gpg} --with-colons --list-secret-keys`);
      const [identity] = listed.split("\n").filter((line) => line.startsWith("sec:") && line.split(":")[3] === "22");
      expect(identity?.split(":")[14]).toBe("#");
      const fingerprint = readFileSync(path.join(deployed.run().home, "gnupg", "factory-signing-key"), "utf8").trim();
      const signature = await root(`echo proof | ${gpg} --local-user ${fingerprint} --armor --detach-sign`);
      const file = path.join(deployed.run().directory, "proof.asc");
      writeFileSync(file, signature);
      execFileSync("gpg", ["--homedir", path.join(deployed.run().home, "gnupg"), "--batch", "--verify", file, "-"], {
        input: "proof\n",
      });
      expect((await deployed.nodes().ssh(deployed.controller(), `ls ${AGENT_SIGNING.home}`)).code).not.toBe(0);
      expect((await attempt("runuser -u jenkins -- ls /run/factory-signing")).code).not.toBe(0);
      expect(await root("stat --file-system --format %T /run/factory-signing")).toBe("tmpfs\n");
      expect(
        (await attempt("grep -rlsx -e '-----BEGIN PGP PRIVATE KEY BLOCK-----' /etc /var/lib /opt /root /tmp")).stdout,
      ).toBe("");
      expect(await root("/etc/factory/health.d/36-signing")).toBe("Jenkins' builds can sign\n");
    },
  );
}
