/** What differs between the distributions that are built, as data. */
import type { ImageDefinition } from "../../model/image";
import type { BuildPlan } from "../../model/plan";
import { StageError } from "./errors";

type Mirrors = BuildPlan["mirrors"];

export interface Repository {
  readonly mirror: keyof Mirrors;
  readonly suite: string;
}

interface Distribution {
  /** Suites whose metadata says whether packages have changed. */
  readonly repositories: (codename: string) => readonly Repository[];
  /** Keys that their metadata is signed with: a file, and the Debian package that brings it to the build host. */
  readonly keyring: { readonly file: string; readonly package: string };
  /** The addresses that recipes name its repositories by; builds read them from the mirrors. */
  readonly official: Readonly<Record<keyof Mirrors, string>>;
  /** Where in its cache diskimage-builder keeps, and looks for, the base system; it comes from the first suite. */
  readonly baseFile: (codename: string, architecture: ImageDefinition["architecture"]) => string;
  /** diskimage-builder's variables for this distribution. */
  readonly dibEnvironment: (codename: string, mirrors: Mirrors) => Readonly<Record<string, string>>;
}

const DISTRIBUTIONS: Partial<Record<ImageDefinition["os"]["distro"], Distribution>> = {
  debian: {
    repositories: (codename) => [
      { mirror: "debian", suite: codename },
      { mirror: "debian", suite: `${codename}-updates` },
      { mirror: "debianSecurity", suite: `${codename}-security` },
    ],
    keyring: { file: "/usr/share/keyrings/debian-archive-keyring.gpg", package: "debian-archive-keyring" },
    official: { debian: "http://debian.invalid/debian", debianSecurity: "http://debian.invalid/debian-security" },
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
};

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
