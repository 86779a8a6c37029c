/** `factory state credentials`: what Terraform's s3 backend needs, for a shell's eval; it is kept nowhere else. */
import { ec2Credential } from "../../openstack/keystone";
import type { Session } from "../../openstack/session";
import { quote } from "../shell";

/** Lines of exports: the key of the session's user in its project. */
export async function stateCredentials(session: Session): Promise<string[]> {
  const { access, secret } = await ec2Credential(session);
  return [`export AWS_ACCESS_KEY_ID=${quote(access)}`, `export AWS_SECRET_ACCESS_KEY=${quote(secret)}`];
}
