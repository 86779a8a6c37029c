/** S3 as other programs speak it: curl's own signature, its key by standard input. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import type { Session } from "../../openstack/session";

export interface S3Keys {
  readonly access: string;
  readonly secret: string;
}

export interface S3Call {
  readonly method: "GET" | "PUT" | "DELETE" | "HEAD";
  /** `/bucket/object` */
  readonly path: string;
  readonly body?: string;
}

/** A pair of keys for the session's user in its project, from Keystone; and how to delete it. */
export async function s3Keys(session: Session): Promise<S3Keys & { readonly remove: () => Promise<void> }> {
  const { user, project } = await session.token();
  const path = `/users/${user.id}/credentials/OS-EC2`;
  const json = { tenant_id: project.id };
  const { credential } = await session.json<{ credential: S3Keys }>({
    service: "identity",
    method: "POST",
    path,
    json,
  });
  const remove = async (): Promise<void> => {
    await session.request({ service: "identity", method: "DELETE", path: `${path}/${credential.access}` });
  };
  return { access: credential.access, secret: credential.secret, remove };
}

/** The answer's status and body. Throws with what curl says when there is none. */
export async function s3(
  endpoint: string,
  { access, secret }: S3Keys,
  { method, path, body = "" }: S3Call,
): Promise<{ readonly status: number; readonly text: string }> {
  const config = [
    `url = "${endpoint}${path}"`,
    `request = "${method}"`,
    `user = "${access}:${secret}"`,
    'aws-sigv4 = "aws:amz:RegionOne:s3"',
    `header = "x-amz-content-sha256: ${createHash("sha256").update(body).digest("hex")}"`,
    'header = "content-type: application/octet-stream"',
    ...(method === "HEAD" ? ["head"] : []),
    ...(method === "PUT" ? [`data-raw = "${body}"`] : []),
    'write-out = "\\n%{http_code}"',
    "silent",
    "show-error",
    "max-time = 30",
  ].join("\n");
  const child = spawn("curl", ["--config", "-"], { stdio: ["pipe", "pipe", "pipe"] });
  const said: Record<"stdout" | "stderr", string> = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => (said[name] += text));
  child.stdin.end(config);
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`curl: ${said.stderr.trim()}`);
  const end = said.stdout.lastIndexOf("\n");
  return { status: Number(said.stdout.slice(end + 1)), text: said.stdout.slice(0, end) };
}
