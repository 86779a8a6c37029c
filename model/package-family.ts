/** How the packages of distributions come: as dpkg's or as rpm's. Pure data. */
import type { ImageDefinition } from "./image";

/** `apt` is dpkg's. */
export type PackageFamily = "apt" | "rpm";

const FAMILIES: Readonly<Record<ImageDefinition["os"]["distro"], PackageFamily>> = {
  debian: "apt",
  ubuntu: "apt",
  opensuse: "rpm",
  rocky: "rpm",
  centos: "rpm",
  fedora: "rpm",
};

export const packageFamily = ({ distro }: Pick<ImageDefinition["os"], "distro">): PackageFamily => FAMILIES[distro];
