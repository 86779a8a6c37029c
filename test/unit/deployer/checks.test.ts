import { clockSkew } from "../../../deployer/checks";
import { parseCloudInitStatus } from "../../../deployer/cloud-init";
import { shortages } from "../../../deployer/quota";
import { runtimeDirectory, shortName } from "../../../deployer/runtime-dir";
import { commandLine } from "../../../deployer/shell";
import { sshConfig } from "../../../deployer/ssh-config";
import { bytes, duration, table } from "../../../deployer/table";

test.each([
  ["the same", "Thu, 01 Jan 2026 00:00:00 GMT", 0],
  ["within the second that the header leaves out", "Wed, 31 Dec 2025 23:59:59 GMT", 0],
  ["behind ours", "Wed, 31 Dec 2025 23:58:00 GMT", 119],
  ["ahead of ours", "Thu, 01 Jan 2026 00:02:01 GMT", 120],
  ["not told", undefined, 0],
])("a clock that is %s", (_, date, seconds) => {
  const now = Date.UTC(2026, 0, 1);
  expect(clockSkew(date, now, now + 1000)).toBe(seconds);
});

test("what does not fit is told with numbers; no limit is no hindrance", () => {
  const demand = (used: number, max: number) => ({ what: "cores", needs: 4, allowance: { used, max } });
  expect(shortages("build", [demand(4, 8), demand(100, -1)])).toEqual([]);
  expect(shortages("build", [demand(5, 8)])).toEqual([
    "build: quota: a build needs 4 more cores, 5 of 8 are used; remove something, or ask for more",
  ]);
});

test("cloud-init's status is read whatever else it says", () => {
  expect(parseCloudInitStatus('{"status":"error","errors":["a"]}')).toEqual({ status: "error", errors: ["a"] });
  expect(parseCloudInitStatus('{"status":"running"}')).toEqual({ status: "running", errors: [] });
  expect(parseCloudInitStatus("....\nstatus: done")).toBeUndefined();
});

test("sockets have short paths, in a directory that is ours alone", () => {
  const long = `/tmp/${"x".repeat(80)}`;
  expect(runtimeDirectory({ XDG_RUNTIME_DIR: long }).length).toBeLessThan(60);
  expect(shortName("a", "b")).toMatch(/^[0-9a-f]{12}$/);
  expect(shortName("a", "b")).not.toBe(shortName("ab"));
});

test("words survive a shell", () => {
  expect(commandLine(["echo", "it's", "$HOME", "a b", "plain-word"])).toBe(`echo 'it'\\''s' '$HOME' 'a b' plain-word`);
});

test("the ssh configuration pins keys under the server's id and shares the way to the jump host only", () => {
  const hop = (name: string) => ({
    name,
    address: `${name}.test`,
    user: "debian",
    hostKeyAlias: `id-${name}`,
    knownHosts: `/a b/${name}`,
  });
  const text = sshConfig({ target: hop("node"), jump: hop("jump"), identityFile: "/a b/100%", controlPath: "/run/x" });
  expect(text).toContain(
    'Host node\n  HostName node.test\n  User debian\n  HostKeyAlias id-node\n  UserKnownHostsFile "/a b/node"\n  ProxyJump jump\n',
  );
  expect(text.match(/ControlMaster/g)).toHaveLength(1);
  expect(text).toContain('IdentityFile "/a b/100%%"');
  expect(text).toContain("StrictHostKeyChecking yes");
});

test("columns, times and sizes for people", () => {
  expect(
    table(
      ["A", "LONG"],
      [
        ["1", "2"],
        ["three", ""],
      ],
    ),
  ).toEqual(["A      LONG", "1      2", "three"]);
  expect([0, 59.6, 3601].map(duration)).toEqual(["0 s", "1 min 0 s", "1 h 0 min"]);
  expect([0, 1023, 1024, 344_000_000].map(bytes)).toEqual(["0 B", "1023 B", "1.0 KiB", "328.1 MiB"]);
});
