/** The signing key of the deploying side: made or found in its GnuPG home, which no build host ever sees. */
import { existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { must, run } from "./process";
import { LONGEST_SOCKET_PATH, runtimeDirectory, shortName } from "./runtime-dir";
import { UserError } from "./user-error";

export interface SigningKeyConfig {
  /** 40 hex digits, or "generate". */
  readonly key: string;
}

/** Name of the file that remembers which key was generated. */
const GENERATED = "factory-signing-key";

/** The longest name of a socket that gpg-agent makes in its home. */
const AGENT_SOCKET = "S.gpg-agent.browser";

export class GnupgHome {
  constructor(readonly directory: string) {}

  /**
   * Makes the home and, where asked for and missing, a key without a passphrase. Tells the fingerprint and whether the
   * key is new. Throws a UserError when the home lacks the key that is named.
   */
  async ensureKey(
    config: SigningKeyConfig,
    owner: string,
  ): Promise<{ readonly fingerprint: string; readonly made: boolean }> {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    const known = this.fingerprintOf(config);
    if (known !== undefined) {
      await this.publicKey(known);
      return { fingerprint: known, made: false };
    }
    const status = await this.gpg([
      "--status-fd",
      "1",
      "--passphrase",
      "",
      "--quick-generate-key",
      owner,
      "ed25519",
      "sign",
      "never",
    ]);
    const fingerprint = /^\[GNUPG:\] KEY_CREATED \S+ ([0-9A-F]{40})/m.exec(status)?.[1];
    if (fingerprint === undefined) throw new Error(`gpg: made no key: ${status.trim()}`);
    writeFileSync(path.join(this.directory, GENERATED), `${fingerprint}\n`, { mode: 0o600 });
    return { fingerprint, made: true };
  }

  /** The fingerprint that the configuration means. Throws a UserError when it was never generated. */
  fingerprint(config: SigningKeyConfig): string {
    const known = this.fingerprintOf(config);
    if (known !== undefined) return known;
    throw new UserError(`${this.directory}: there is no signing key yet: run "npx factory setup" first`);
  }

  /** The armoured public key. Throws a UserError when it is not there. */
  async publicKey(fingerprint: string): Promise<string> {
    const key = await this.gpg(["--armor", "--export", fingerprint]);
    if (key.includes("BEGIN PGP PUBLIC KEY")) return key;
    throw new UserError(
      `signing.key: ${this.directory} has no key ${fingerprint}; import it there, or name another one`,
    );
  }

  /** Makes a signature as a stage will ask for it: without anybody at hand to type a passphrase. */
  async proveSigning(fingerprint: string): Promise<void> {
    const args = ["--local-user", fingerprint, "--pinentry-mode", "error", "--output", "-", "--detach-sign"];
    const { code, stderr } = await run("gpg", this.arguments(args), { stdin: "proof", env: ENVIRONMENT });
    if (code === 0) return;
    const said = stderr.trim().split("\n").at(-1) ?? "";
    throw new UserError(
      `signing.key: ${fingerprint} in ${this.directory} can not sign now (${said}); ` +
        "if it has a passphrase, unlock it first with: gpg --homedir … --local-user … --detach-sign",
    );
  }

  /** Starts the agent if need be. Gives its restricted socket, which signs but tells no secret. */
  async agentSocket(): Promise<string> {
    const home = ["--homedir", this.short()];
    await must("gpgconf", [...home, "--launch", "gpg-agent"], { env: ENVIRONMENT });
    const socket = await must("gpgconf", [...home, "--list-dirs", "agent-extra-socket"], { env: ENVIRONMENT });
    return decodeURIComponent(socket.trim());
  }

  private fingerprintOf({ key }: SigningKeyConfig): string | undefined {
    if (key !== "generate") return key.toUpperCase();
    const file = path.join(this.directory, GENERATED);
    return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
  }

  private gpg(args: readonly string[]): Promise<string> {
    return must("gpg", this.arguments(args), { env: ENVIRONMENT, timeout: 120_000 });
  }

  private arguments(args: readonly string[]): string[] {
    return ["--homedir", this.short(), "--batch", "--no-tty", "--quiet", ...args];
  }

  /** The home under a name that is short enough for the agent's sockets, which may lie in it. */
  private short(): string {
    if (path.join(this.directory, AGENT_SOCKET).length <= LONGEST_SOCKET_PATH) return this.directory;
    const link = path.join(runtimeDirectory(), `gnupg-${shortName(this.directory)}`);
    if (!existsSync(link)) symlinkSync(realpathSync(this.directory), link);
    return link;
  }
}

/** What we call by name must not be redirected by the caller's environment. */
const ENVIRONMENT = { GNUPGHOME: undefined, GPG_AGENT_INFO: undefined, LC_ALL: "C" };
