import { checkCloudConfig } from "../../../cloud-init/schema";

const file = { path: "/etc/motd", permissions: "0644", content: "hello\n" };
const written = (changes: object) => ({ write_files: [{ ...file, ...changes }] });
const problem = (config: object): string => {
  try {
    checkCloudConfig(config);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

test("what our roles use is known", () => {
  expect(problem({ ...written({ owner: "root:adm" }), runcmd: [["true"]], bootcmd: [["true"]] })).toBe("");
  expect(problem(written({ permissions: "0755", content: "#!/bin/sh\n" }))).toBe("");
});

test.each<readonly [string, object, string]>([
  ["an unknown top-level key", { packagez: [] }, 'cloud-init: Unrecognized key: "packagez"'],
  ["an unknown key of a file", written({ mode: "0644" }), '/etc/motd: Unrecognized key: "mode"'],
  ["an unknown key of apt", { apt: { source_list: "" } }, 'apt: Unrecognized key: "source_list"'],
  ["a mode that YAML read as a number", written({ permissions: 644 }), "/etc/motd permissions: is no mode in quotes"],
  ["a mode that is left out", { write_files: [{ path: "/a", content: "" }] }, "/a permissions: is no mode in quotes"],
  ["a mode of three digits", written({ permissions: "644" }), "is no mode of four octal digits"],
  ["a file that others may write", written({ permissions: "0666" }), "lets others than the owner write"],
  ["a script that is not executable", written({ content: "#!/bin/sh\n" }), "a script is executable"],
  ["an executable that is no script", written({ permissions: "0755" }), "a script is executable"],
  ["a relative path", written({ path: "etc/motd" }), "is no absolute path"],
  ["a path that leads up", written({ path: "/etc/../motd" }), "is no absolute path"],
  ["an owner without a group", written({ owner: "root" }), "is no user:group"],
  ["content that is no text", written({ content: 7 }), "expected string, received number"],
  ["a file that is written twice", { write_files: [file, file] }, "/etc/motd path: /etc/motd is written twice"],
  ["a command that is one string", { runcmd: ["echo a"] }, "runcmd[0]: Invalid input: expected array"],
  [
    "a word that YAML read as a number",
    { runcmd: [["install", "-m", 755]] },
    "runcmd[0][2]: Invalid input: expected s",
  ],
  ["a command without words", { bootcmd: [[]] }, "bootcmd[0]: Too small"],
  ["a login by password", { ssh_pwauth: true }, "ssh_pwauth: Invalid input: expected false"],
  ["a login as root", { disable_root: false }, "disable_root: Invalid input: expected true"],
  [
    "a mirror that is no web address",
    { apt: { primary: [{ arches: ["default"], uri: "auto" }] } },
    "is no web address",
  ],
  ["time servers that are no list", { ntp: { enabled: true, servers: "a.test" } }, "ntp.servers: Invalid input"],
  ["a key of a type that no client needs", { ssh_genkeytypes: ["ecdsa"] }, "ssh_genkeytypes[0]: Invalid"],
])("fails for %s", (_, config, message) => {
  expect(problem(config)).toContain(message);
  expect(problem(config)).not.toContain("\n");
});

test("tells all that is wrong at once, one line each", () => {
  expect(problem({ ...written({ path: "motd", owner: "root" }), ssh_pwauth: true }).split("\n")).toHaveLength(3);
});
