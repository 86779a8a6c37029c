/** The publisher as it is worked with: its node, and `factory publish …` typed there. */
import { quote } from "../../../deployer/shell";
import type { FactoryRun } from "../../support/factory-run";
import { asRoot, type Nodes, type SshResult } from "../../support/nodes";
import { say } from "../../support/say";
import type { Secret } from "../../support/secrets";

const MINUTE = 60_000;
const CREDENTIALS = "/etc/credstore.encrypted";

export class PublisherNode {
  readonly name: string;

  constructor(
    run: FactoryRun,
    private readonly nodes: Nodes,
  ) {
    this.name = `${run.factory}-publisher`;
  }

  /** What an administrator does once, as docs/publication.md says it. */
  async takeClouds(clouds: string): Promise<void> {
    const command = `sudo systemd-creds encrypt --name=publisher-clouds - ${CREDENTIALS}/publisher-clouds`;
    const { code, stderr } = await this.nodes.ssh(this.name, command, MINUTE, clouds);
    if (code !== 0) throw new Error(`${this.name}: ${stderr}`);
  }

  async factory(...words: readonly string[]): Promise<SshResult> {
    const result = await this.nodes.ssh(this.name, `sudo factory ${words.map(quote).join(" ")}`, 20 * MINUTE);
    say(`factory ${words.join(" ")}: exit status ${result.code}\n${result.stdout}${result.stderr}`);
    return result;
  }

  /** Its output; an exit status other than 0 is an error. */
  async must(...words: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.factory(...words);
    if (code !== 0) throw new Error(`factory ${words.join(" ")}: exit status ${code}: ${stdout}${stderr}`);
    return stdout;
  }

  /** What it does every now and then by itself. */
  async byItself(): Promise<string> {
    const unit = "factory-publish.service";
    await this.nodes.must(this.name, `sudo systemctl start ${unit}`, 20 * MINUTE);
    return this.nodes.must(this.name, `sudo journalctl --quiet --output cat --unit ${unit}`);
  }

  async timer(state: "start" | "stop"): Promise<void> {
    await this.nodes.must(this.name, `sudo systemctl ${state} factory-publish.timer`);
  }

  /** What it keeps encrypted, line by line. */
  async secrets(): Promise<Secret[]> {
    const decrypted = async (name: string): Promise<string> =>
      this.nodes.must(this.name, `sudo systemd-creds decrypt --name=${name} ${CREDENTIALS}/${name} -`);
    const keys = JSON.parse(await decrypted("publisher-key")) as readonly string[];
    const credential = JSON.parse(await decrypted("publisher-cloud")) as { applicationCredentialSecret: string };
    const lines = keys.flatMap((key) => key.split("\n")).filter((line) => /^[A-Za-z0-9+/]{64}$/.test(line));
    return [
      ...lines.map((value) => ({ what: "the publisher's key", value })),
      { what: "the publisher's credential", value: credential.applicationCredentialSecret },
    ];
  }

  /** All that its journal has, arguments of what ran among it. */
  async journal(): Promise<string> {
    return this.nodes.must(this.name, "sudo journalctl --quiet --output verbose --all", 2 * MINUTE);
  }

  /** Names of files that hold one of these texts. */
  async filesWith(secrets: readonly Secret[]): Promise<string> {
    const where = "/etc /var /usr/local /root /home /tmp /run/factory-publisher* /dev/shm";
    const look = asRoot(`grep -rlaF -f /dev/stdin ${where} 2>/dev/null || test $? -lt 3`);
    const needles = secrets.map(({ value }) => String(value)).join("\n");
    return (await this.nodes.ssh(this.name, look, 3 * MINUTE, `${needles}\n`)).stdout;
  }
}
