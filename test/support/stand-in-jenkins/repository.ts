/** An apt repository, signed with a key of its own, that serves stand-ins for Jenkins' package. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

const HERE = __dirname;

export interface StandInRepository {
  /** What a web server serves: debian-stable/binary, keys, the plugin manager's source. */
  readonly directory: string;
  /** The key that signs the repository: debian-stable/key. */
  readonly fingerprint: string;
  /** Of another key: debian-stable/other-key. */
  readonly otherFingerprint: string;
}

/** Makes the repository with a package of each version below a directory. */
export function makeRepository(directory: string, versions: readonly string[]): StandInRepository {
  const root = path.join(directory, "served");
  const base = path.join(root, "debian-stable");
  mkdirSync(path.join(base, "binary"), { recursive: true });
  for (const version of versions) buildPackage(directory, path.join(base, "binary"), version);
  const gpg = gnupg(path.join(directory, "gnupg"));
  const fingerprint = gpg.makeKey("Stand-in repository");
  const otherFingerprint = gpg.makeKey("Another key");
  gpg.run("--armor", "--output", path.join(base, "key"), "--export", fingerprint);
  gpg.run("--armor", "--output", path.join(base, "other-key"), "--export", otherFingerprint);
  index(base, versions);
  const release = path.join(base, "binary", "Release");
  gpg.run("--local-user", fingerprint, "--clearsign", "--output", path.join(base, "binary", "InRelease"), release);
  copyFileSync(path.join(HERE, "PluginManager.java"), path.join(root, "PluginManager.java"));
  return { directory: root, fingerprint, otherFingerprint };
}

const fileName = (version: string): string => `jenkins_${version}_all.deb`;

function buildPackage(directory: string, to: string, version: string): void {
  const tree = path.join(directory, `package-${version}`);
  const put = (file: string, content: string | Buffer, mode: number): void => {
    mkdirSync(path.dirname(path.join(tree, file)), { recursive: true, mode: 0o755 });
    writeFileSync(path.join(tree, file), content, { mode });
  };
  const asset = (name: string): Buffer => readFileSync(path.join(HERE, name));
  put("usr/bin/jenkins", asset("jenkins"), 0o755);
  put("lib/systemd/system/jenkins.service", asset("jenkins.service"), 0o644);
  put("usr/share/java/jenkins.war", `stand-in ${version}\n`, 0o644);
  put("DEBIAN/postinst", asset("postinst"), 0o755);
  const control = [
    "Package: jenkins",
    `Version: ${version}`,
    "Architecture: all",
    "Maintainer: Tests <tests@example.org>",
    "Depends: python3, adduser",
    "Description: stand-in for Jenkins in tests, nothing of Jenkins is in it",
  ];
  put("DEBIAN/control", `${control.join("\n")}\n`, 0o644);
  execFileSync("dpkg-deb", ["--root-owner-group", "--build", tree, path.join(to, fileName(version))], {
    stdio: "pipe",
  });
}

const sha256 = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

function index(base: string, versions: readonly string[]): void {
  const packages = versions
    .map((version) => {
      const file = path.join(base, "binary", fileName(version));
      const control = execFileSync("dpkg-deb", ["--field", file], { encoding: "utf8" }).trimEnd();
      return `${control}\nFilename: binary/${fileName(version)}\nSize: ${statSync(file).size}\nSHA256: ${sha256(file)}\n`;
    })
    .join("\n");
  const list = path.join(base, "binary", "Packages");
  writeFileSync(list, packages);
  const lines = ["Origin: stand-in", "Suite: binary", `Date: ${new Date().toUTCString()}`, "SHA256:"];
  const entry = ` ${sha256(list)} ${statSync(list).size} Packages`;
  writeFileSync(path.join(base, "binary", "Release"), `${[...lines, entry].join("\n")}\n`);
}

function gnupg(home: string) {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const run = (...args: string[]): string =>
    execFileSync("gpg", ["--homedir", home, "--batch", "--yes", "--passphrase", "", ...args], {
      encoding: "utf8",
      stdio: "pipe",
    });
  const makeKey = (name: string): string => {
    run("--quick-generate-key", `${name} <tests@example.org>`, "ed25519", "sign", "never");
    const listed = run("--with-colons", "--list-keys", `=${name} <tests@example.org>`);
    const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1];
    if (fingerprint === undefined) throw new Error(`gpg made no key "${name}"`);
    return fingerprint;
  };
  return { run, makeKey };
}
