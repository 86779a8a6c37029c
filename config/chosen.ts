/** What is chosen for one run, by the environment: it reaches Terraform's provisioners through cdktf. */
import type { FactoryConfig } from "../model/config";
import { ConfigError } from "./load";
import { RECIPES } from "./paths";

/** Names of regions, separated by commas: images go to these only, and to the first one, where they are built. */
export const REGIONS = "FACTORY_REGIONS";

/** The configuration as this run means it. Throws a ConfigError for a region that there is not. Pure. */
export function chosen(config: FactoryConfig, env: NodeJS.ProcessEnv): FactoryConfig {
  const [home, ...others] = config.regions;
  const wanted = words(env[REGIONS]);
  const known = config.regions.map(({ name }) => name);
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const remedy = `name some of ${known.join(", ")}, or nothing for all`;
    throw new ConfigError([
      { file: REGIONS, path: "", value: unknown, message: "is no region of factory.yaml", remedy },
    ]);
  }
  const regions = wanted.length === 0 ? others : others.filter(({ name }) => wanted.includes(name));
  const { git, ...infrastructure } = config.infrastructure;
  return {
    ...config,
    regions: home ? [home, ...regions] : regions,
    // recipes of a checkout that is here are sent along
    infrastructure: git && words(env[RECIPES]).length === 0 ? { ...infrastructure, git } : infrastructure,
  };
}

function words(text = ""): string[] {
  return text.split(",").flatMap((word) => word.trim() || []);
}
