/** The keys of the deploying side: made, imported or found in its GnuPG home, which no build host ever sees. */
import type { KeyObject } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { AGENT_SIGNING } from "../model/agent";
import { withAgent } from "../stages/lib/assuan";
import { parseSExpression, valueNamed } from "../stages/lib/s-expression";
import { keyRows, p384Key, SIGNING_KEY, type KeyKind } from "./gnupg-keys";
import { must, run } from "./process";
import { LONGEST_SOCKET_PATH, runtimeDirectory, shortName } from "./runtime-dir";
import { UserError } from "./user-error";

export interface EnsuredKey {
  /** Of the primary key. */
  readonly fingerprint: string;
  /** What was done: nothing, or in words. */
  readonly done: "is there" | "was made, without a passphrase" | "was imported" | "has a new subkey";
}

/** How long a subkey that was made here signs; its signatures stay good. */
const SUBKEY_LASTS = "2y";
/** Days before its end at which `factory setup` makes the next one. */
const SUBKEY_RENEWED = 180;

/** The longest name of a socket that gpg-agent makes in its home. */
const AGENT_SOCKET = "S.gpg-agent.browser";

export class GnupgHome {
  constructor(readonly directory: string) {}

  /**
   * Makes the home, and the key where it is to be made or imported. Throws a UserError when the home lacks the key that
   * is named.
   * @param source "generate", 40 hex digits of a key that is in the home (or on a token that its agent knows), or where
   *   an armoured secret key is taken from
   * @param fetch reads such a source
   */
  async ensureKey(
    kind: KeyKind,
    source: string,
    owner: string,
    fetch: (source: string) => Promise<string>,
  ): Promise<EnsuredKey> {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    if (source !== "generate" && !isFingerprint(source)) {
      const fingerprint = await this.importSecret(kind, source, await fetch(source));
      return { fingerprint, done: "was imported" };
    }
    const known = this.known(kind, source);
    if (known === undefined) {
      const fingerprint = await this.generate(kind, owner);
      this.remember(kind, source, fingerprint);
      return { fingerprint, done: "was made, without a passphrase" };
    }
    await this.publicKey(known, kind);
    if (source !== "generate" || !kind.subkey || !(await this.subkeyEnds(known)))
      return { fingerprint: known, done: "is there" };
    await this.gpg(["--passphrase", "", "--quick-add-key", known, kind.algorithm, "sign", SUBKEY_LASTS]);
    return { fingerprint: known, done: "has a new subkey" };
  }

  /** The fingerprint that the configuration means. Throws a UserError when it was never made or imported. */
  fingerprint(kind: KeyKind, source: string): string {
    const known = this.known(kind, source);
    if (known !== undefined) return known;
    throw new UserError(
      `${this.directory}: there is no key for ${kind.key} yet: ${this.remedy('run "npx factory setup" first')}`,
    );
  }

  /** The armoured public key. Throws a UserError when it is not there. */
  async publicKey(fingerprint: string, kind = SIGNING_KEY): Promise<string> {
    const key = await this.gpg(["--armor", "--export", fingerprint]);
    if (key.includes("BEGIN PGP PUBLIC KEY")) return key;
    throw new UserError(
      `${kind.key}: ${this.directory} has no key ${fingerprint}; ${this.remedy("import it there, or name another one")}`,
    );
  }

  /**
   * The armoured secret key of what signs: of a key that signs by subkeys the newest of these alone, so that who has it
   * is no new identity. Throws a UserError for one that a passphrase protects, or a token holds.
   */
  async secretKey(fingerprint: string, kind: KeyKind): Promise<string> {
    const rows = keyRows(await this.gpg(["--with-colons", "--with-keygrip", "--list-keys", fingerprint]));
    const subkey = rows.findLast((row) => row.signs && row.fingerprint !== fingerprint);
    const what = subkey ? ["--export-secret-subkeys", `${subkey.fingerprint}!`] : ["--export-secret-keys", fingerprint];
    const args = ["--pinentry-mode", "loopback", "--passphrase", "", "--armor", ...what];
    const { code, stdout } = await run("gpg", this.arguments(args), { env: ENVIRONMENT });
    if (code === 0 && stdout.includes("BEGIN PGP PRIVATE KEY")) return stdout;
    throw new UserError(
      `${kind.key}: ${fingerprint} in ${this.directory} can not be handed over to the controller (a passphrase, or a ` +
        "token?); name it by its fingerprint, or set signing.onController: false",
    );
  }

  /** Name of the file in the home that says which key a source means. */
  rememberedAs(kind: KeyKind, source: string): string {
    return rememberedAs(kind, source);
  }

  /** How the agent calls the newest key on a curve that may sign, of a primary key and its subkeys. */
  async keygrip(fingerprint: string, curve: string): Promise<string | undefined> {
    const listed = await this.gpg(["--with-colons", "--with-keygrip", "--list-keys", fingerprint]);
    return keyRows(listed).findLast((row) => row.curve === curve && row.signs)?.keygrip;
  }

  /** The public half of an elliptic key that the agent has, or knows a token of. */
  async agentKey(keygrip: string): Promise<KeyObject> {
    const socket = await this.socket("agent-socket");
    const answer = await withAgent(socket, async (agent) => agent.ask(`READKEY ${keygrip}`));
    return p384Key(valueNamed(parseSExpression(answer), "q") ?? Buffer.alloc(0));
  }

  /** Makes an OpenPGP signature as a stage will ask for it: without anybody at hand to type a passphrase. */
  async proveSigning(fingerprint: string): Promise<void> {
    const args = ["--local-user", fingerprint, "--pinentry-mode", "error", "--output", "-", "--detach-sign"];
    const { code, stderr } = await run("gpg", this.arguments(args), { stdin: "proof", env: ENVIRONMENT });
    if (code === 0) return;
    await this.publicKey(fingerprint);
    const said = stderr.trim().split("\n").at(-1) ?? "";
    throw new UserError(
      `signing.key: ${fingerprint} in ${this.directory} can not sign now (${said}); ` +
        "if it has a passphrase, unlock it first with: gpg --homedir … --local-user … --detach-sign",
    );
  }

  /** Starts the agent if need be. Gives its restricted socket, which signs but tells no secret. */
  agentSocket(): Promise<string> {
    return this.socket("agent-extra-socket");
  }

  private async socket(which: "agent-socket" | "agent-extra-socket"): Promise<string> {
    const home = ["--homedir", this.short()];
    await must("gpgconf", [...home, "--launch", "gpg-agent"], { env: ENVIRONMENT });
    const socket = await must("gpgconf", [...home, "--list-dirs", which], { env: ENVIRONMENT });
    return decodeURIComponent(socket.trim());
  }

  /** On the controller there is nothing to be done about a key that is missing. */
  private remedy(elsewhere: string): string {
    return this.directory === AGENT_SIGNING.home
      ? "it stays with the deploying side (factory.yaml: signing), so build from there"
      : elsewhere;
  }

  private known(kind: KeyKind, source: string): string | undefined {
    if (isFingerprint(source)) return source.toUpperCase();
    const file = path.join(this.directory, rememberedAs(kind, source));
    return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
  }

  private remember(kind: KeyKind, source: string, fingerprint: string): void {
    writeFileSync(path.join(this.directory, rememberedAs(kind, source)), `${fingerprint}\n`, { mode: 0o600 });
  }

  /** Makes a key without a passphrase; with a subkey to sign, the primary key can do nothing but certify it. */
  private async generate({ algorithm, subkey }: KeyKind, owner: string): Promise<string> {
    const made = ["--status-fd", "1", "--passphrase", "", "--quick-generate-key"];
    const status = await this.gpg([...made, owner, algorithm, subkey ? "cert" : "sign", "never"]);
    const fingerprint = /^\[GNUPG:\] KEY_CREATED \S+ ([0-9A-F]{40})/m.exec(status)?.[1];
    if (fingerprint === undefined) throw new Error(`gpg: made no key: ${status.trim()}`);
    if (subkey) await this.gpg(["--passphrase", "", "--quick-add-key", fingerprint, algorithm, "sign", SUBKEY_LASTS]);
    return fingerprint;
  }

  /** Imports an armoured secret key; the same one again changes nothing. */
  private async importSecret(kind: KeyKind, source: string, secret: string): Promise<string> {
    const { stdout, stderr } = await run("gpg", this.arguments(["--status-fd", "1", "--import"]), {
      stdin: secret,
      env: ENVIRONMENT,
    });
    // Flag 16 of the reason: it holds a secret key.
    const imported = [...stdout.matchAll(/^\[GNUPG:\] IMPORT_OK (\d+) ([0-9A-F]{40})/gm)];
    const fingerprint = imported.find(([, reason]) => (Number(reason) & 16) !== 0)?.[2];
    if (fingerprint === undefined) {
      const said = stderr.trim().split("\n").at(-1) ?? "";
      throw new UserError(
        `${kind.key} (${source}): holds no OpenPGP secret key${said === "" ? "" : ` (${said})`}; ` +
          "write one with: gpg --armor --export-secret-keys FINGERPRINT",
      );
    }
    this.remember(kind, source, fingerprint);
    return fingerprint;
  }

  /** Whether a primary key that signs by subkeys has none that lasts. */
  private async subkeyEnds(fingerprint: string): Promise<boolean> {
    const rows = keyRows(await this.gpg(["--with-colons", "--with-keygrip", "--list-keys", fingerprint]));
    const until = Date.now() / 1000 + SUBKEY_RENEWED * 86_400;
    return !rows.some(({ signs, expires }) => signs && (expires === undefined || expires > until));
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

/** Whether factory.yaml names the key itself: it is in the user's own agent, or on a token. */
export const isFingerprint = (source: string): boolean => /^[0-9A-Fa-f]{40}$/.test(source);

/** What was imported is not taken for what was made, and the other way round. */
const rememberedAs = ({ remembered }: KeyKind, source: string): string =>
  source === "generate" ? remembered : `${remembered}-${shortName(source)}`;
