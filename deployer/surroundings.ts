/** What the configuration names outside of itself and this machine can see: files that secrets come from, clouds. */
import { existsSync } from "node:fs";
import path from "node:path";
import { configPath, userPath } from "../config/paths";
import type { FactoryConfig } from "../model/config";
import { nearest, type Problem } from "../model/problem";
import { candidates, readCloudsFile } from "../openstack/clouds-file";
import { parseSource } from "./secrets/source";

export interface Surroundings {
  /** What relative paths are relative to: the directory of factory.yaml. */
  readonly directory: string;
  /** How messages call factory.yaml. */
  readonly file: string;
  /** Entries of clouds.yaml; undefined where there is none yet: nothing is said of clouds then. */
  readonly clouds: { readonly file: string; readonly names: readonly string[] } | undefined;
}

/** Those of this machine. Throws a CloudsFileError for a clouds.yaml that can't be read. */
export function surroundingsOf(root: string, file: string, env: NodeJS.ProcessEnv = process.env): Surroundings {
  const directory = path.dirname(configPath(root, env));
  if (!candidates(env).some((place) => existsSync(place))) return { directory, file, clouds: undefined };
  const { file: cloudsFile, clouds } = readCloudsFile(env);
  return { directory, file, clouds: { file: cloudsFile, names: Object.keys(clouds) } };
}

/** Every file and cloud that the configuration names and that is not there. */
export function missingAround(config: FactoryConfig, { directory, file, clouds }: Surroundings): Problem[] {
  const { seed } = config.directory;
  const sources = [
    ...Object.entries(config.secrets).map(([name, source]) => [`secrets.${name}`, source] as const),
    ...(["key", "imageKey"] as const).map((name) => [`signing.${name}`, config.signing[name]] as const),
  ];
  const files = [
    ...sources.flatMap(([at, source]) => {
      const parsed = parseSource(source);
      return parsed.kind === "file" ? [{ at, value: parsed.what, place: userPath(directory, parsed.what) }] : [];
    }),
    ...(seed === undefined ? [] : [{ at: "directory.seed", value: seed, place: path.resolve(directory, seed) }]),
  ];
  const places = [
    ...(["build", "services", "production"] as const).map((name) => ({
      at: `projects.${name}.cloud`,
      value: config.projects[name].cloud,
    })),
    ...config.regions.map(({ cloud }, index) => ({ at: `regions[${index}].cloud`, value: cloud })),
  ];
  return [
    ...files
      .filter(({ place }) => !existsSync(place))
      .map(({ at, value }) => {
        const remedy = `write its path, relative to ${directory}`;
        return { file, path: at, value, message: "is no file that is there", remedy };
      }),
    ...(clouds === undefined ? [] : places)
      .filter(({ value }) => clouds?.names.includes(value) === false)
      .map(({ at, value }) => {
        const meant = nearest(value, clouds?.names ?? []);
        const remedy = meant === undefined ? `there are ${clouds?.names.join(", ")}` : `did you mean "${meant}"?`;
        return { file, path: at, value, message: `is no entry of ${clouds?.file}`, remedy };
      }),
  ];
}
