import { Annotations, TerraformElement, TerraformStack, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";
import { secretIn } from "../../model/secret-text";
import { argumentsOf, synthesised } from "./resources";

/** Resources that would keep a secret in the state. */
const KEEPERS = [
  "openstack_keymanager_secret_v1",
  "openstack_identity_application_credential_v3",
  "openstack_identity_ec2_credential_v3",
  "openstack_identity_user_v3",
  "openstack_db_user_v1",
  "openstack_objectstorage_tempurl_v1",
];

/** No secret in the JSON, whatever argument it stands in, and none that comes to stand in the state. */
export class NoSecret implements IAspect {
  visit(node: IConstruct): void {
    if (!TerraformElement.isTerraformElement(node) || TerraformStack.isStack(node)) return;
    const secret = secretIn(JSON.stringify(synthesised(node)));
    if (secret !== undefined)
      Annotations.of(node).addError(`${node.node.path}: holds ${secret}; hand it over by attach`);
    const keeper = KEEPERS.find((type) => argumentsOf(node, type));
    if (keeper !== undefined || generatedKeyPair(node))
      Annotations.of(node).addError(
        `${node.node.path}: ${keeper ?? "a key pair without a public key"} keeps a secret in the state`,
      );
  }
}

/** Without a public key, Nova makes the pair and the provider keeps the private one. */
function generatedKeyPair(node: IConstruct): boolean {
  const keyPair = argumentsOf(node, "openstack_compute_keypair_v2");
  return keyPair !== undefined && keyPair["public_key"] === undefined;
}
