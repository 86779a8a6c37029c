/** Everything that a factory writes and that may hold no secret, gathered into files of the run's results. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { SHARE_PATHS } from "../../model/plan";
import { names } from "../../model/naming";
import { consoleOutput, listServers } from "../../openstack/nova";
import { listAll } from "../../openstack/pages";
import type { FactoryRun } from "./factory-run";
import type { Nodes } from "./nodes";
import { adminSession } from "./projects";

export interface UserData {
  readonly server: string;
  /** As Nova keeps it. */
  readonly base64: string;
}

/** User data of all the run's servers. Nova shows it to administrators only. */
export async function userData(run: FactoryRun): Promise<UserData[]> {
  const servers = await listAll<{ readonly name: string; readonly "OS-EXT-SRV-ATTR:user_data": string | null }>(
    adminSession(run.ambient),
    {
      service: "compute",
      path: "/servers/detail",
      query: { all_tenants: 1, project_id: run.projects.ids["build"] },
      headers: { "openstack-api-version": "compute 2.60" },
      key: "servers",
    },
  );
  return servers.map((server) => ({ server: server.name, base64: server["OS-EXT-SRV-ATTR:user_data"] ?? "" }));
}

/** A tar of what a node was given and wrote down; a log may grow meanwhile (exit status 1). */
const NODE_FILES =
  'cd / && tar -cf - --exclude="ssh_host_*_key" ' +
  "$(ls -d etc var/log/cloud-init*.log var/lib/cloud/instances var/lib/factory 2>/dev/null) || test $? = 1";

/** Console, journal and cloud-init's files of every node, and all of the share but the images. Gives the directory. */
export async function gatherEvidence(run: FactoryRun, nodes: Nodes): Promise<string> {
  const directory = path.join(run.results, "evidence");
  mkdirSync(path.join(directory, "share"), { recursive: true });
  const session = run.session("build");
  for (const { id, name } of await listServers(session)) {
    const at = (what: string): string => path.join(directory, `${name}-${what}`);
    writeFileSync(at("console.log"), await consoleOutput(session, id));
    await nodes.fetch(name, "sudo journalctl --no-pager -o short-full", at("journal.log"));
    await nodes.fetch(name, `sudo sh -c '${NODE_FILES}'`, at("files.tar"));
  }
  const tar = path.join(directory, "share.tar");
  const nfs = names.node(run.factory, "nfs-server");
  await nodes.fetch(nfs, `sudo tar -cf - --exclude='*.qcow2' -C ${SHARE_PATHS.directory} .`, tar);
  execFileSync("tar", ["-xf", tar, "-C", path.join(directory, "share")]);
  return directory;
}
