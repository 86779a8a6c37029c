/** What is installed in the image that stage 7 has made: for its package list and its bills of materials. */
import path from "node:path";
import { packageFamily, type PackageFamily } from "../../model/package-family";
import type { SoftwarePackage } from "../../model/software";
import { StageError } from "./errors";
import { exec } from "./exec";
import { readIfThere } from "./files";
import { DPKG_FORMAT, parseDpkg, type Package } from "./packages";
import { withRootMounted } from "./partitions";
import { parseRpmList, RPM_LINE } from "./rpm-packages";
import { installedSoftware } from "./software";
import type { StageContext } from "./stage";

export interface Installed {
  readonly packages: readonly Package[];
  readonly software: readonly SoftwarePackage[];
}

interface Made {
  /** The raw disk. */
  readonly raw: string;
  /** Where the builder has left its own list, if it makes one. */
  readonly packageList: string;
}

/** Throws a StageError when there is nothing: an image without packages is none. */
export async function readInstalled(context: StageContext, made: Made): Promise<Installed> {
  const found = await READERS[packageFamily(context.plan.image.os)](context, made);
  if (found.packages.length === 0) throw new StageError("the image's package database is empty");
  return found;
}

const READERS: Readonly<Record<PackageFamily, (context: StageContext, made: Made) => Promise<Installed>>> = {
  async apt({ paths, signal }, { raw }) {
    const mountPoint = path.join(paths.work, "root");
    const arguments_ = [`--admindir=${mountPoint}/var/lib/dpkg`, "-W", "-f", DPKG_FORMAT];
    return withRootMounted({ raw, mountPoint, signal }, async () => {
      const { stdout } = await exec("dpkg-query", arguments_, { signal, logOutput: false });
      return { packages: parseDpkg(stdout), software: await installedSoftware(mountPoint) };
    });
  },
  async rpm({ paths, signal }, { raw, packageList }) {
    const mountPoint = path.join(paths.work, "root");
    const query = ["--root", mountPoint, "--query", "--all", "--queryformat", RPM_LINE];
    const asked = async (): Promise<string> =>
      withRootMounted({ raw, mountPoint, signal }, async () => {
        const { stdout } = await exec("rpm", query, { signal, logOutput: false });
        return stdout;
      });
    const software = parseRpmList((await readIfThere(packageList)) ?? (await asked()));
    return {
      packages: software.map(({ name, version, architecture }) => ({ name, version, architecture })),
      software,
    };
  },
};
