/** Reads what the stacks need from files: configuration, catalogue, the deployer's public key, the machine's mirrors. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { resolveMirrors } from "../config/apt-mirrors";
import { configName, loadConfig } from "../config/load";
import { configPath, factoryHome } from "../config/paths";
import { refuseOtherPlace } from "../config/state-place";
import { selectionFrom } from "../model/stage-selection";
import type { StackContext } from "./context";

export interface LoadedContext {
  readonly context: StackContext;
  /** Names of the catalogue's images. */
  readonly images: readonly string[];
}

/** Like `readStackContext`; what a user has to mend is told in plain lines and ends the synthesis. */
export function loadStackContext(root: string): LoadedContext {
  try {
    return readStackContext(root);
  } catch (error) {
    if (process.env["FACTORY_DEBUG"] === "1" || !(error instanceof Error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** Throws a ConfigError (all problems, one line each), or one that says that `factory setup` has not been run. */
export function readStackContext(root: string): LoadedContext {
  const { config, images } = loadConfig(root);
  const home = factoryHome(root);
  const keyFile = join(home, "ssh", "id_ed25519.pub");
  if (!existsSync(keyFile)) throw new Error(`${keyFile} is missing: run "npx factory setup" first`);
  refuseOtherPlace(home, config.state, configName(root));
  const mirrors = resolveMirrors(config.infrastructure.mirrors);
  return {
    context: {
      config,
      root,
      deployerPublicKey: readFileSync(keyFile, "utf8").trim(),
      nodeValues: {
        debianMirror: mirrors.debian,
        debianSecurityMirror: mirrors.debianSecurity,
        freePercent: config.retention.freePercent,
        ...(config.infrastructure.ntp && { ntpServers: config.infrastructure.ntp }),
      },
      revision: revisionOf(root),
      statePath: (stack) => join(home, "state", `${stack}.tfstate`),
      selection: selectionFrom(process.env),
    },
    images: images.map((image) => image.name),
  };
}

/** The commit that is checked out, and the configuration. */
function revisionOf(root: string): string {
  const { stdout } = spawnSync("git", ["-C", root, "rev-parse", "--quiet", "--verify", "HEAD"], { encoding: "utf8" });
  return createHash("sha256")
    .update(stdout)
    .update(readFileSync(configPath(root)))
    .digest("hex");
}
