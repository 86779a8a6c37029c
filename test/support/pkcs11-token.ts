/** A PKCS #11 token (SoftHSM) that a GnuPG home's agent signs with: its key exists nowhere else. */
import { execFileSync, type ExecFileSyncOptions } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const LIBRARY = "/usr/lib/softhsm/libsofthsm2.so";
const PIN = "1234";
const LABEL = "factory";

/** A pinentry that knows the PIN, in the place of a person. */
const pinentry = (pin: string): string => `#!/bin/bash
echo OK
while read -r command _; do
  [ "$command" != GETPIN ] || echo "D ${pin}"
  echo OK
  [ "$command" != BYE ] || exit 0
done
`;

export interface Pkcs11Token {
  /** Of the OpenPGP key, whose secret half is on the token. */
  readonly fingerprint: string;
  readonly keygrip: string;
  /** Pulls it out: the agent is there, its token is not. */
  takeOut(): void;
}

/** Makes an RSA-4096 key on a new token below `directory`, and its OpenPGP form in the home, whose agent it starts. */
export function makeToken(home: string, directory: string): Pkcs11Token {
  const tokens = path.join(directory, "tokens");
  mkdirSync(tokens, { recursive: true });
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const settings = path.join(directory, "softhsm2.conf");
  writeFileSync(settings, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  // Given to each program: jest's process.env is a copy that none of them would see.
  const env = { ...process.env, SOFTHSM2_CONF: settings };
  storeKey(directory, env);
  const askPin = path.join(directory, "pinentry");
  writeFileSync(askPin, pinentry(PIN), { mode: 0o700 });
  const agent = `scdaemon-program /usr/bin/gnupg-pkcs11-scd\npinentry-program ${askPin}\n`;
  writeFileSync(path.join(home, "gpg-agent.conf"), agent);
  writeFileSync(
    path.join(home, "gnupg-pkcs11-scd.conf"),
    `providers softhsm\nprovider-softhsm-library ${LIBRARY}\npin-cache 3600\n`,
  );
  const takeOut = (): void => {
    rmSync(tokens, { recursive: true });
    mkdirSync(tokens);
    execFileSync("gpgconf", ["--homedir", home, "--kill", "gpg-agent"], { env });
    execFileSync("gpgconf", ["--homedir", home, "--launch", "gpg-agent"], { env });
  };
  return { ...openPgpForm(home, env), takeOut };
}

function storeKey(directory: string, env: NodeJS.ProcessEnv): void {
  const file = (name: string): string => path.join(directory, name);
  const quiet: ExecFileSyncOptions = { stdio: "ignore", env };
  const [key, certificate] = [file("key.pem"), file("certificate.der")];
  execFileSync("openssl", ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096", "-out", key], quiet);
  const request = ["req", "-x509", "-new", "-key", key, "-subj", "/CN=factory", "-outform", "DER"];
  execFileSync("openssl", [...request, "-out", certificate], quiet);
  const user = ["--token", LABEL, "--pin", PIN];
  execFileSync("softhsm2-util", ["--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "5678"], quiet);
  execFileSync("softhsm2-util", ["--import", key, ...user, "--label", LABEL, "--id", "01"], quiet);
  const token = ["--module", LIBRARY, "--login", "--pin", PIN, "--token-label", LABEL];
  execFileSync("pkcs11-tool", [...token, "--write-object", certificate, "--type", "cert", "--id", "01"], quiet);
  rmSync(key);
}

/** What `gpg` needs to know of a key that it finds on a token. */
function openPgpForm(home: string, env: NodeJS.ProcessEnv): Omit<Pkcs11Token, "takeOut"> {
  const learned = execFileSync("gpg-connect-agent", ["--homedir", home, "LEARN --sendinfo", "/bye"], {
    env,
    encoding: "utf8",
  });
  const keygrip = /KEYPAIRINFO ([0-9A-F]{40})/.exec(learned)?.[1];
  if (keygrip === undefined) throw new Error(`the agent finds no key on the token: ${learned}`);
  const wanted = `Key-Type: RSA\nKey-Grip: ${keygrip}\nKey-Usage: sign,cert\nName-Real: A token\nExpire-Date: 0\n`;
  const status = execFileSync("gpg", ["--homedir", home, "--batch", "--status-fd", "1", "--gen-key"], {
    env,
    input: `%no-protection\n${wanted}%commit\n`,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "ignore"],
  });
  const fingerprint = /KEY_CREATED \S+ ([0-9A-F]{40})/.exec(status)?.[1];
  if (fingerprint === undefined) throw new Error(`gpg made no key: ${status}`);
  return { fingerprint, keygrip };
}
