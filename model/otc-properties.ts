/** What Open Telekom Cloud's image service wants to know of an image beyond Glance's own properties. Pure. */
import type { ImageDefinition } from "./image";

type Os = ImageDefinition["os"];

/** Its names of platforms, and of their releases ("Debian GNU/Linux 12.0.0 64bit"). */
const PLATFORMS: Readonly<Record<Os["distro"], { readonly platform: string; readonly release: (os: Os) => string }>> = {
  debian: { platform: "Debian", release: ({ version }) => `Debian GNU/Linux ${threeParts(version)} 64bit` },
  ubuntu: { platform: "Ubuntu", release: ({ version }) => `Ubuntu ${version} server 64bit` },
  opensuse: { platform: "OpenSUSE", release: ({ version }) => `OpenSUSE ${version} 64bit` },
  rocky: { platform: "Rocky Linux", release: ({ version }) => `Rocky Linux ${version} 64bit` },
  centos: { platform: "CentOS", release: ({ version }) => `CentOS ${version} 64bit` },
  fedora: { platform: "Fedora", release: ({ version }) => `Fedora ${version} 64bit` },
};

/** Set at create, like all others; an image.yaml's own `properties` win. */
export function otcProperties({ os }: Pick<ImageDefinition, "os">): Record<string, string> {
  const { platform, release } = PLATFORMS[os.distro];
  return {
    __os_bit: "64",
    __os_type: "Linux",
    __platform: platform,
    __os_version: release(os),
    __imagetype: "private",
    __image_source_type: "uds",
    __isregistered: "true",
    __support_kvm: "true",
    virtual_env_type: "FusionCompute",
  };
}

/** Debian counts point releases in the third part: 12 → 12.0.0 */
function threeParts(version: string): string {
  return [...version.split("."), "0", "0"].slice(0, 3).join(".");
}
