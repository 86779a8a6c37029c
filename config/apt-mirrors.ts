/** `auto` mirrors: the repositories that this machine's own apt uses. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { FactoryConfig } from "../model/config";
import { parseDeb822, parseOneLine, type AptSource } from "../model/apt-sources";

type Mirrors = FactoryConfig["infrastructure"]["mirrors"];

/**
 * The mirrors with `auto` replaced.
 * @param etc apt's configuration. @default "/etc/apt"
 * @throws one line when apt's configuration names no such repository
 */
export function resolveMirrors(mirrors: Mirrors, etc = "/etc/apt"): Mirrors {
  return {
    ...mirrors,
    debian: mirrors.debian === "auto" ? find("debian", isMain, etc) : mirrors.debian,
    debianSecurity:
      mirrors.debianSecurity === "auto" ? find("debianSecurity", isSecurity, etc) : mirrors.debianSecurity,
  };
}

/** Debian's suites; other distributions' repositories look just like its own. */
const RELEASES = "bullseye|bookworm|trixie|forky|sid|oldoldstable|oldstable|stable|testing|unstable";
const MAIN = new RegExp(`^(${RELEASES})$`);
const SECURITY = new RegExp(`^(${RELEASES})(-security|/updates)$`);

const isSecurity = ({ suites }: AptSource): boolean => suites.some((suite) => SECURITY.test(suite));
const isMain = ({ suites, components }: AptSource): boolean =>
  suites.some((suite) => MAIN.test(suite)) && components.includes("main");

function find(key: "debian" | "debianSecurity", wanted: (source: AptSource) => boolean, etc: string): string {
  const found = aptSources(etc)
    .filter(wanted)
    .flatMap(({ uris }) => uris)
    .find((uri) => /^https?:\/\//.test(uri));
  if (found !== undefined) return found.replace(/\/+$/, "");
  throw new Error(
    `infrastructure.mirrors.${key}: auto, but ${etc} names no such repository with http; write its address into factory.yaml`,
  );
}

function aptSources(etc: string): AptSource[] {
  const folder = path.join(etc, "sources.list.d");
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const files = [path.join(etc, "sources.list"), ...names.map((name) => path.join(folder, name))];
  return files.flatMap((file) => {
    if (file.endsWith(".list") && existsSync(file)) return parseOneLine(readFileSync(file, "utf8"));
    return file.endsWith(".sources") ? parseDeb822(readFileSync(file, "utf8")) : [];
  });
}
