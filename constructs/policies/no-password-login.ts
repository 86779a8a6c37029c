import { Annotations, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";
import { argumentsOf, userDataOf } from "./resources";

const BY_PASSWORD = [
  /^\s*ssh_pwauth:\s*(true|yes|1)\b/m,
  /^\s*(chpasswd|password|passwd|plain_text_passwd|hashed_passwd):/m,
  /^\s*lock_passwd:\s*(false|no)\b/m,
  /^\s*(PasswordAuthentication|KbdInteractiveAuthentication|PermitEmptyPasswords)\s+yes\b/im,
  /^\s*PermitRootLogin\s+(yes|prohibit-password|without-password)\b/im,
];

/** Nobody logs in by a password or as root. */
export class NoPasswordLogin implements IAspect {
  visit(node: IConstruct): void {
    const userData = userDataOf(node);
    const found = BY_PASSWORD.map((pattern) => pattern.exec(userData)?.[0]).find((match) => match !== undefined);
    if (found !== undefined)
      Annotations.of(node).addError(
        `${node.node.path}: user data allows a login by password or as root: ${found.trim()}`,
      );
    if (argumentsOf(node, "openstack_compute_instance_v2")?.["admin_pass"] !== undefined)
      Annotations.of(node).addError(`${node.node.path}: a server has no administrator's password`);
  }
}
