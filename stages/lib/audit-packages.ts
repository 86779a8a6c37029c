/** An image's packages: whole, unchanged, up to date, from nowhere else, without known holes. */
import { judge, vulnerabilitiesOf } from "../../model/vulnerabilities";
import { compareVersions } from "./debian-version";
import { noneOf, skipped, type Audit, type AuditContext, type Finding } from "./audit";
import { md5Of, packageSums, readPackages, type DatabasePackage } from "./package-database";

const NO_DATABASE = "the image has no package database that is known here";

/** A look at the packages; skipped where there is no database. */
function ofPackages(
  work: (packages: readonly DatabasePackage[], context: AuditContext) => Finding | Promise<Finding>,
): Audit {
  return async (context) => {
    const packages = await readPackages(context.tree);
    return packages ? work(packages, context) : skipped(NO_DATABASE);
  };
}

const installed = (packages: readonly DatabasePackage[]): DatabasePackage[] =>
  packages.filter(({ state }) => state === "installed");

export const packageState = ofPackages((packages) => {
  const broken = packages.filter(({ state }) => state !== "installed" && state !== "config-files");
  const lines = broken.map(({ name, version, state }) => `${name} ${version} is ${state}`);
  return noneOf(lines, [`${installed(packages).length} packages are installed`]);
});

/** How many holes without a remedy are listed. */
const LISTED = 100;

/** How many files are hashed at once. */
const AT_ONCE = 8;

/**
 * Programs may not be changed behind their package's back. A package that documentation was taken from (builders do, to
 * save space) is as it should be.
 */
const MAY_BE_MISSING = /^\/usr\/share\/(doc|man|info|locale|lintian|bug|gnome\/help)\//;

export const packageFiles: Audit = async ({ tree, signal }) => {
  const sums = await packageSums(tree);
  if (sums.length === 0) return skipped(NO_DATABASE);
  const wrong: string[] = [];
  const queue = sums.values();
  const worker = async (): Promise<void> => {
    for (const { package: name, path: file, md5 } of queue) {
      signal.throwIfAborted();
      const there = await tree.resolve(file);
      if (there === undefined) {
        if (!MAY_BE_MISSING.test(file)) wrong.push(`${file} of ${name} is missing`);
      } else if ((await md5Of(there)) !== md5) wrong.push(`${file} of ${name} was changed`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return noneOf(wrong.sort(), [`${sums.length} files were hashed`]);
};

export const packagesCurrent = ofPackages(async (packages, context) => {
  const versions = await context.offered(installed(packages).map(({ name }) => name));
  const old = installed(packages).flatMap(({ name, version }) => {
    const candidate = versions[name];
    return candidate !== undefined && compareVersions(version, candidate) < 0
      ? [`${name} ${version}: there is ${candidate}`]
      : [];
  });
  return noneOf(old, [`${installed(packages).length} packages were compared`]);
});

export const packagesOrigin = ofPackages(async (packages, context) => {
  const versions = await context.offered(installed(packages).map(({ name }) => name));
  const foreign = installed(packages).flatMap(({ name, version }) => {
    const candidate = versions[name];
    if (candidate === undefined) return [`${name} ${version}: no repository of the image's offers it`];
    return compareVersions(version, candidate) > 0
      ? [`${name} ${version}: the newest that is offered is ${candidate}`]
      : [];
  });
  return noneOf(foreign);
});

const today = (): string => new Date().toISOString().slice(0, 10);

/** Debian's own data: what has a newer package and is grave enough fails; what has none is told. */
export const vulnerabilities = ofPackages(async (packages, context) => {
  const { distro, codename } = context.plan.image.os;
  if (distro !== "debian") return skipped(`there is no data for ${distro}: Debian's tracker knows Debian only`);
  const tracker = await context.tracker();
  if ("unavailable" in tracker) return skipped(tracker.unavailable);
  const sources = installed(packages).map(({ source, sourceVersion }) => ({ source, version: sourceVersion }));
  const found = vulnerabilitiesOf(tracker.data, codename, sources, compareVersions);
  const { failing, tolerated, others } = judge(found, context.plan.image.tests.vulnerabilities, today());
  const fixable = others.filter(({ fixed }) => fixed !== undefined);
  const finding = noneOf(
    failing.map(
      ({ id, source, installed: has, fixed, severity }) => `${id} (${severity}) ${source} ${has}, closed by ${fixed}`,
    ),
    [
      ...tolerated.map(({ id, source, reason }) => `tolerated: ${id} ${source}: ${reason}`),
      `${found.length} known holes: ${fixable.length} below the threshold with a newer package, ${others.length - fixable.length} without one`,
      ...others
        .map(
          ({ id, source, severity, fixed }) =>
            `${id} (${severity}) ${source}${fixed === undefined ? "" : `, closed by ${fixed}`}`,
        )
        .slice(0, LISTED),
    ],
  );
  return { ...finding, measured: found.length };
});
