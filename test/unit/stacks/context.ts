import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../../model/config";
import type { StackContext } from "../../../stacks/context";

const root = join(__dirname, "..", "..", "..");

/** The stacks' context from the repository's own factory.yaml. */
export function exampleContext(): StackContext {
  const parsed = parseConfig(readFileSync(join(root, "factory.yaml"), "utf8"), "factory.yaml");
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return {
    config: parsed.config,
    root: "/repository",
    deployerPublicKey: "ssh-ed25519 AAAA deployer",
    nodeValues: {
      debianMirror: "http://mirror.test/debian",
      debianSecurityMirror: "http://mirror.test/security",
      freePercent: 10,
    },
    revision: "0123",
    statePath: (stack) => `/state/${stack}.tfstate`,
  };
}
