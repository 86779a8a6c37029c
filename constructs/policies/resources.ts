/** What policies look at: resources by their type, and their arguments as they will stand in the JSON. */
import {
  DefaultTokenResolver,
  StringConcat,
  TerraformLocal,
  TerraformResource,
  Tokenization,
  type TerraformElement,
} from "cdktf";
import type { IConstruct } from "constructs";

export type Arguments = Readonly<Record<string, unknown>>;

/** Arguments of a resource of this type, under the names of the provider's documentation; undefined for others. */
export function argumentsOf(node: IConstruct, type: string): Arguments | undefined {
  if (!TerraformResource.isTerraformResource(node) || node.terraformResourceType !== type) return undefined;
  const { resource } = synthesised(node) as { readonly resource: Record<string, Record<string, Arguments>> };
  return Object.values(resource[type] ?? {})[0];
}

/** An element's part of the JSON, references resolved. */
export function synthesised(node: TerraformElement): unknown {
  return Tokenization.resolve(node.toTerraform(), {
    scope: node,
    preparing: false,
    resolver: new DefaultTokenResolver(new StringConcat()),
  });
}

/** Whether the node is, or is part of, a construct with one of these ids, or of those numbered after it: web, web-2. */
export function within(node: IConstruct, ids: readonly string[]): boolean {
  return node.node.scopes.some((scope) => ids.some((id) => scope.node.id === id || numbered(id).test(scope.node.id)));
}

/** Whether a reference leads to (a part of) such a construct, directly below the stack. */
export function leadsTo(reference: string, ids: readonly string[]): boolean {
  return ids.some((id) => new RegExp(`_v\\d\\.${id}(-\\d+)?[_.]`).test(reference));
}

const numbered = (id: string): RegExp => new RegExp(`^${id}-\\d+$`);

/** User data, which stands in a local (NodeHost) or in the resource itself; empty for all else. */
export function userDataOf(node: IConstruct): string {
  if (node instanceof TerraformLocal) {
    const { locals } = node.toTerraform() as { readonly locals: Arguments };
    return Object.values(locals).map(String).join("\n");
  }
  const { user_data: userData } = argumentsOf(node, "openstack_compute_instance_v2") ?? {};
  return typeof userData === "string" ? userData : "";
}
