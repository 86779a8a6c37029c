import { backedUpNodes, backupObject, backupsIn } from "../../../model/backup";
import { exampleContext } from "../stacks/context";

const { config } = exampleContext();

test("the controller and the directory's provider are backed up, where the factory has them", () => {
  expect(backedUpNodes(config)).toEqual(["demo-controller", "demo-directory-replica"]);
  const nodes = { ...config.nodes, controller: undefined };
  expect(backedUpNodes({ ...config, nodes })).toEqual(["demo-directory-replica"]);
  const provider = { url: "ldaps://ldap.test", bindDn: "cn=r,dc=test", ca: undefined };
  expect(backedUpNodes({ ...config, directory: { ...config.directory, provider } })).toEqual(["demo-controller"]);
});

test("objects are listed as backups, by node and then the newest first; others are none of ours", () => {
  const objects = [
    { name: backupObject("b", "20260101T000000Z"), bytes: 1 },
    { name: backupObject("b", "20260102T030405Z"), bytes: 2 },
    { name: backupObject("a", "20250101T000000Z"), bytes: 3 },
    { name: "a/notes.txt", bytes: 4 },
    { name: "20260101T000000Z.tar.gz.gpg", bytes: 5 },
    { name: backupObject("a", "20269999T000000Z"), bytes: 6 },
  ];
  expect(backupsIn(objects)).toEqual([
    { node: "a", stamp: "20250101T000000Z", time: new Date("2025-01-01T00:00:00Z"), bytes: 3 },
    { node: "b", stamp: "20260102T030405Z", time: new Date("2026-01-02T03:04:05Z"), bytes: 2 },
    { node: "b", stamp: "20260101T000000Z", time: new Date("2026-01-01T00:00:00Z"), bytes: 1 },
  ]);
});
