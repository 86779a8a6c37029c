import { OpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { Fn, TerraformOutput, TerraformResource, TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import { BuildHost } from "../constructs/build-host";
import { DataResource } from "../constructs/data-resource";
import { factoryCommand } from "../constructs/factory-command";
import { Network } from "../constructs/network";
import { applyPolicies } from "../constructs/policies";
import { SecurityGroup } from "../constructs/security-group";
import { names, numbered } from "../model/naming";
import { isAgain, reachesEnd, selectionText, WHOLE, type StageSelection } from "../model/stage-selection";
import type { StackContext } from "./context";
import { stateBackend } from "./state-backend";

/**
 * One build of one image: lives as long as the build. The factory is found by its names, without a reference to its
 * stack, so that `cdktf deploy build-<image>` needs no other stack beside it.
 *
 * Order of creation: build id, stage 1, host, guard, run. Destroying goes the other way, and what must happen after
 * everything else is gone sits on the build id, since Terraform runs no destroy provisioner of a tainted resource.
 */
export class BuildStack extends TerraformStack {
  constructor(scope: Construct, id: string, context: StackContext & { readonly image: string }) {
    super(scope, id);
    const { config, root, image, nodeValues } = context;
    const { factory, nodes } = config;
    stateBackend(this, id, context);
    // toolchain/terraform reads this comment: Terraform itself can't end an apply as a success before it has begun.
    this.addOverride("//.changeCheck", image);
    new OpenstackProvider(this, "openstack", { cloud: config.projects.build.cloud });

    const buildId = this.buildId(image, config.build.expireHours, root);
    const { build, expires } = { build: output(buildId, "build"), expires: output(buildId, "expires") };
    const about = ["--image", image, "--build", build];

    const initialise = new DataResource(this, "initialise", {
      triggersReplace: { build },
      provisioners: [factoryCommand({ root, words: ["initialise", ...about] })],
    });
    const dependsOn = [initialise];

    const buildHost = new BuildHost(this, "build-host", {
      name: build,
      kind: nodes.buildHost,
      network: Network.fromExisting(this, "network", names.network(config), dependsOn),
      keyPair: names.keyPair(factory),
      scratchGiB: nodes.buildHost.scratchGiB,
      buildHosts: SecurityGroup.fromExisting(this, "build-hosts", names.node(factory, "build-host"), dependsOn),
      jumpHosts: numbered("jump-host", nodes.jumpHost.count).map((host) =>
        SecurityGroup.fromExisting(this, host, names.node(factory, host), dependsOn),
      ),
      ...(nodes.controller && {
        controller: SecurityGroup.fromExisting(this, "controller", names.node(factory, "controller"), dependsOn),
      }),
      nodeValues,
      dependsOn,
    });
    const { serverId } = buildHost.host;

    const guard = new DataResource(this, "guard", {
      input: { build },
      // of all that makes the host reachable, or a refused destroy would still cut the build off
      dependsOn: buildHost.node.findAll().filter((one) => TerraformResource.isTerraformResource(one)),
      provisioners: [
        factoryCommand({
          root,
          words: ["guard", "--image", image, "--build", "${self.output.build}"],
          whenDestroyed: true,
        }),
      ],
    });
    new DataResource(this, "run", {
      triggersReplace: { server: serverId, ...partTriggers(context.selection ?? WHOLE) },
      dependsOn: [guard],
      provisioners: [factoryCommand({ root, words: ["attach", ...about, "--server", serverId] })],
    });

    applyPolicies(this, { tags: { factory, image, build, expires }, ssh: [{ from: ["jump-host", "controller"] }] });

    new TerraformOutput(this, "build", { value: build });
  }

  /** Made once per life of the stack: a second deploy finds it, a new build is destroy and deploy. */
  private buildId(image: string, expireHours: number, root: string): DataResource {
    const now = "plantimestamp()";
    return new DataResource(this, "build-id", {
      input: {
        build: `\${format("%s-%s-%s", "${image}", formatdate("YYYYMMDDhhmm", ${now}), substr(sha256(${now}), 0, 4))}`,
        expires: `\${formatdate("YYYY-MM-DD'T'hh:mm:ss'Z'", timeadd(${now}, "${expireHours}h"))}`,
      },
      lifecycle: { ignoreChanges: ["input"] },
      provisioners: [
        factoryCommand({
          root,
          words: ["destroyed", "--image", image, "--build", "${self.output.build}"],
          whenDestroyed: true,
        }),
      ],
    });
  }
}

/** A field of what a terraform_data keeps, as a reference. */
function output(resource: DataResource, field: string): string {
  return Token.asString(Fn.lookup(resource.output, field));
}

/**
 * What makes Terraform run the build once more when another part of it is asked for: `part` for one that does not reach
 * the end, which is then no complete build, and a time for what is to be done again however often it was.
 */
function partTriggers(selection: StageSelection): Readonly<Record<string, string>> {
  return {
    ...(!reachesEnd(selection) && { part: selectionText(selection) }),
    ...(isAgain(selection) && { again: "${plantimestamp()}" }),
  };
}
