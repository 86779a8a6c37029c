/** The factory's directory as one of its replicas runs it, on loopback with a port of its own. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { directoryReplicaUserData, minimalEntries } from "../../cloud-init/directory-replica";
import { authorityOf, makeAuthority } from "../../deployer/authority";
import { parseAuthority } from "../../deployer/authority-file";
import { DIRECTORY } from "../../model/directory";
import { directoryValues, read } from "../unit/cloud-init/all-roles";
import { eventually } from "./eventually";

export interface DirectoryPerson {
  readonly uid: string;
  readonly password: string;
  readonly mail: string;
  /** Of those that the directory begins with. */
  readonly groups: readonly string[];
}

export interface RunningDirectory {
  /** `ldaps://localhost:PORT` */
  readonly url: string;
  readonly baseDn: string;
  /** File with the CA that its certificate is of. */
  readonly ca: string;
  readonly readerPassword: string;
  readonly stop: () => Promise<void>;
}

/** Where the role's files are on a node, and here. */
const PLACES = [
  ["/etc/factory/directory", "conf"],
  ["/run/factory-directory", "run"],
  ["/srv/directory", "data"],
  [`/run/credentials/${DIRECTORY.unit}`, "credentials"],
  ["/etc/factory", "factory"],
] as const;

/** Renders the provider's role, prepares it by its own program, and starts slapd as its unit does. */
export async function startDirectory(people: readonly DirectoryPerson[], more = ""): Promise<RunningDirectory> {
  // a socket's path has to be short
  const folder = mkdtempSync("/tmp/slapd-");
  const here = (text: string): string =>
    PLACES.reduce((changed, [there, name]) => changed.replaceAll(there, path.join(folder, name)), text);
  for (const name of ["conf", "run", "data/db", "credentials", "factory/certificates"])
    mkdirSync(path.join(folder, name), { recursive: true });
  for (const { path: file, content } of read(directoryReplicaUserData(directoryValues)).write_files)
    if (file.startsWith("/etc/factory/directory/")) writeFileSync(here(file), here(content));
  const prepare = read(directoryReplicaUserData(directoryValues)).write_files.find(({ path: file }) =>
    file.endsWith("/directory-prepare"),
  );
  const { baseDn, groups } = directoryValues;
  writeFileSync(path.join(folder, "conf", "peers"), "");
  writeFileSync(path.join(folder, "conf", "seed.ldif"), `${entries(baseDn, groups, people)}\n${more}`);

  const readerPassword = 'reader "password" \\ with everything';
  const credentials = path.join(folder, "credentials");
  const authority = authorityOf(parseAuthority(await makeAuthority("test"), "test"));
  const issued = await authority.issue({ commonName: "directory", dnsNames: ["localhost"] });
  writeFileSync(here(DIRECTORY.ca), authority.certificate);
  writeFileSync(here(DIRECTORY.certificate), issued.certificate);
  writeFileSync(path.join(credentials, DIRECTORY.keyCredential), issued.privateKey);
  writeFileSync(
    path.join(credentials, DIRECTORY.accountsCredential),
    `reader ${readerPassword}\nreplicator replicator\n`,
  );
  writeFileSync(path.join(folder, "prepare"), here(prepare?.content ?? ""), { mode: 0o755 });
  execFileSync(path.join(folder, "prepare"), { env: { ...process.env, CREDENTIALS_DIRECTORY: credentials } });

  const url = `ldaps://localhost:${await freePort()}`;
  const socket = path.join(folder, "ldapi");
  const child = spawn(
    "/usr/sbin/slapd",
    ["-d", "0", "-f", here("/etc/factory/directory/slapd.conf"), "-h", `${url}/ ldapi://${encodeURIComponent(socket)}`],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const asked = ["-LLL", "-Q", "-Y", "EXTERNAL", "-H", `ldapi://${encodeURIComponent(socket)}`, "-s", "base", "-b", ""];
  const answers = (): true | undefined =>
    spawnSync("ldapsearch", [...asked, "1.1"], { stdio: "ignore" }).status === 0 ? true : undefined;
  try {
    await eventually("slapd answers", () => Promise.resolve(answers()), { timeout: 30_000, interval: 200 });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, baseDn, ca: here(DIRECTORY.ca), readerPassword, stop };
}

/** LDIF of the first entries, with these people in it and in their groups. */
function entries(baseDn: string, groups: readonly string[], people: readonly DirectoryPerson[]): string {
  const everybody = people.map(({ uid, password, mail }, index) =>
    [
      `dn: uid=${uid},ou=people,${baseDn}`,
      "objectClass: inetOrgPerson",
      "objectClass: posixAccount",
      `uid: ${uid}`,
      `cn: ${uid} of the directory`,
      `sn: ${uid}`,
      `uidNumber: ${20_001 + index}`,
      `gidNumber: ${20_001 + index}`,
      `homeDirectory: /home/${uid}`,
      `mail: ${mail}`,
      `userPassword: ${hashOf(password)}`,
      "",
    ].join("\n"),
  );
  const first = groups.reduce(
    (text, group) => {
      const members = people.filter((person) => person.groups.includes(group)).map(({ uid }) => `memberUid: ${uid}\n`);
      return text.replace(`\ncn: ${group}\n`, `\ncn: ${group}\n${members.join("")}`);
    },
    minimalEntries(baseDn, groups),
  );
  return [first, ...everybody].join("\n");
}

/** A pipe, not Node's socket: slappasswd opens its standard input by name. */
const hashOf = (password: string): string =>
  execFileSync(
    "sh",
    ["-c", "cat | slappasswd -o module-path=/usr/lib/ldap -o module-load=argon2 -h '{ARGON2}' -T /dev/stdin"],
    { input: password, encoding: "utf8" },
  ).trim();

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
