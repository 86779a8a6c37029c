/** What differs between the distributions that are built, as data. */
import type { ImageDefinition } from "../../model/image";
import { packageFamily } from "../../model/package-family";
import type { BuildPlan } from "../../model/plan";
import type { HostTool } from "./builder";
import { StageError } from "./errors";

type Mirrors = BuildPlan["mirrors"];

export interface Repository {
  /** Which of the distribution's addresses. */
  readonly mirror: keyof Mirrors;
  /** apt: the suite; rpm: the directory of one repository. */
  readonly suite: string;
}

interface Distribution {
  /** Suites whose metadata says whether packages have changed. */
  readonly repositories: (codename: string) => readonly Repository[];
  /** File of the keys that their metadata is signed with; without it no package archive is shared. */
  readonly keyring?: string;
  /** The addresses that stand in recipes for its repositories; builds read them from the mirrors that the plan names. */
  readonly placeholders: Readonly<Partial<Record<keyof Mirrors, string>>>;
  /** The package manager that KIWI runs, where the build host's distribution has another. */
  readonly tools: readonly HostTool[];
  /** Where in its cache diskimage-builder keeps, and looks for, the base system; it comes from the first suite. */
  readonly baseFile?: (codename: string, architecture: ImageDefinition["architecture"]) => string;
  /** diskimage-builder's variables for this distribution. */
  readonly dibEnvironment: (codename: string, mirrors: Mirrors) => Readonly<Record<string, string>>;
}

const RPM: HostTool = { command: "rpm", package: "rpm" };
const ROCKY = (codename: string, repository: string): string => `${codename}/${repository}/x86_64/os`;

const DISTRIBUTIONS: Partial<Record<ImageDefinition["os"]["distro"], Distribution>> = {
  debian: {
    repositories: (codename) => [
      { mirror: "debian", suite: codename },
      { mirror: "debian", suite: `${codename}-updates` },
      { mirror: "debianSecurity", suite: `${codename}-security` },
    ],
    keyring: "/usr/share/keyrings/debian-archive-keyring.gpg",
    placeholders: { debian: "http://debian.invalid/debian", debianSecurity: "http://debian.invalid/debian-security" },
    tools: [],
    baseFile: (codename, architecture) => `debootstrap-debian-${codename}-${DEBIAN_ARCHITECTURE[architecture]}.tar.gz`,
    dibEnvironment: (codename, mirrors) => ({
      DIB_RELEASE: codename,
      DIB_DISTRIBUTION_MIRROR: mirrors.debian,
      DIB_DEBIAN_SECURITY_MIRROR: mirrors.debianSecurity,
      // The path that the security suite has had since Debian 11; diskimage-builder's default is the older one.
      DIB_DEBIAN_SECURITY_SUBPATH: "-security",
      DIB_DEBOOTSTRAP_CACHE: "1",
      DIB_DEBIAN_USE_DEBOOTSTRAP_CACHE: "1",
    }),
  },
  ubuntu: {
    repositories: (codename) =>
      ["", "-updates", "-security"].map((suffix) => ({ mirror: "ubuntu", suite: `${codename}${suffix}` })),
    placeholders: { ubuntu: "http://ubuntu.invalid/ubuntu" },
    // the element of its keys downloads them
    tools: [{ command: "curl", package: "curl" }],
    baseFile: (codename, architecture) => `debootstrap-ubuntu-${codename}-${DEBIAN_ARCHITECTURE[architecture]}.tar.gz`,
    dibEnvironment: (codename, mirrors) => ({
      DIB_RELEASE: codename,
      DIB_DISTRIBUTION_MIRROR: mirrorOf("ubuntu", mirrors),
      DIB_DEBOOTSTRAP_CACHE: "1",
      DIB_DEBIAN_USE_DEBOOTSTRAP_CACHE: "1",
    }),
  },
  rocky: {
    repositories: (codename) =>
      ["BaseOS", "AppStream"].map((name) => ({ mirror: "rocky", suite: ROCKY(codename, name) })),
    placeholders: { rocky: "https://rocky.invalid/rocky" },
    tools: [RPM, { command: "dnf", package: "dnf" }, { command: "mkfs.xfs", package: "xfsprogs" }],
    dibEnvironment: () => ({}),
  },
  opensuse: {
    repositories: (codename) =>
      ["distribution/leap/VERSION/repo/oss", "update/leap/VERSION/oss", "update/leap/VERSION/sle"].map((directory) => ({
        mirror: "opensuse",
        suite: directory.replace("VERSION", codename),
      })),
    placeholders: { opensuse: "https://opensuse.invalid/opensuse" },
    tools: [RPM, { command: "zypper", package: "zypper" }],
    dibEnvironment: () => ({}),
  },
};

/** Where one of a distribution's addresses is read from, without a slash at its end; throws when the factory has none. */
export function mirrorOf(name: keyof Mirrors, mirrors: Mirrors): string {
  const address = mirrors[name];
  if (address === undefined) throw new StageError(`infrastructure.mirrors.${name} in factory.yaml: ${NO_MIRROR}`);
  return address.replace(/\/+$/, "");
}

const NO_MIRROR = "is not set; write the address of a mirror that build hosts reach";

/** What factory.yaml lacks for an image to be built, one line each without the file. Pure. */
export function missingMirrors(
  image: Pick<ImageDefinition, "name" | "os">,
  mirrors: Readonly<Partial<Mirrors>>,
): string[] {
  const wanted = distribution(image)
    .repositories(image.os.codename)
    .map(({ mirror }) => mirror);
  return [...new Set(wanted)]
    .filter((name) => mirrors[name] === undefined)
    .map((name) => `infrastructure.mirrors.${name}: ${NO_MIRROR}`);
}

/** Addresses that an image's packages are read from, by their name in `infrastructure.mirrors`; none that is not set. Pure. */
export function mirrorsOf(
  image: Pick<ImageDefinition, "name" | "os">,
  mirrors: Readonly<Partial<Mirrors>>,
): { readonly name: keyof Mirrors; readonly address: string }[] {
  const wanted = distribution(image)
    .repositories(image.os.codename)
    .map(({ mirror }) => mirror);
  return [...new Set(wanted)].flatMap((name) => {
    const address = mirrors[name];
    return address === undefined ? [] : [{ name, address }];
  });
}

/** Whether what would be installed can be told from the repositories' indices alone. */
export function comparesPackages(image: Pick<ImageDefinition, "name" | "os">): boolean {
  return packageFamily(image.os) === "apt";
}

/** The data of an image's distribution; throws for one that no builder here knows. */
export function distribution(image: Pick<ImageDefinition, "name" | "os">): Distribution {
  const found = DISTRIBUTIONS[image.os.distro];
  if (found) return found;
  const known = Object.keys(DISTRIBUTIONS).join(", ");
  throw new StageError(
    `images/${image.name}/image.yaml: os.distro ${image.os.distro} can't be built on this host; it knows ${known}`,
  );
}

/** Debian's words for architectures. */
export const DEBIAN_ARCHITECTURE: Readonly<Record<ImageDefinition["architecture"], string>> = {
  x86_64: "amd64",
  aarch64: "arm64",
};
