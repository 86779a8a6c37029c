/** Rules that hold for everything the factory deploys; breaking one fails the synth. */
import { Aspects, type IAspect, type TerraformStack } from "cdktf";
import { tagMetadata, tags, type TagFields } from "../../model/naming";
import { Tagging } from "../tagging";
import { NoPasswordLogin } from "./no-password-login";
import { NoSecret } from "./no-secret";
import { NothingOpenToAll } from "./nothing-open-to-all";
import { PublicAddressesOnlyFor } from "./public-addresses";
import { SshOnlyFrom, type SshPath } from "./ssh-only-from";
import { Tagged } from "./tagged";

export { DataIsRetained, StopsBeforeDestroy } from "./data-outlives";

export interface PoliciesProps {
  /** What everything is tagged with. */
  readonly tags: TagFields;
  /** Ids of constructs that may have a public address. @default - none */
  readonly public?: readonly string[];
  /** Ids of those among them whose web ports everybody may reach. @default - none */
  readonly web?: readonly string[];
  readonly ssh: readonly SshPath[];
  /** Those of this stack alone. @default - none */
  readonly further?: readonly IAspect[];
}

/** Tags a stack's resources and holds them to the rules of every stack. */
export function applyPolicies(stack: TerraformStack, props: PoliciesProps): void {
  const { public: addresses = [], web = [], ssh, further = [] } = props;
  const tagging = [tags(props.tags), tagMetadata(props.tags)] as const;
  const policies = [
    new Tagging(...tagging), // first: what comes after sees its tags
    new Tagged(...tagging),
    new PublicAddressesOnlyFor(addresses),
    new NothingOpenToAll(web),
    new SshOnlyFrom(ssh),
    new NoSecret(),
    new NoPasswordLogin(),
    ...further,
  ];
  for (const policy of policies) Aspects.of(stack).add(policy);
}
