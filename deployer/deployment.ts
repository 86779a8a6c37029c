/** What every command of the deploying side starts from: configuration, catalogue, home, clouds. */
import { chosen } from "../config/chosen";
import { configName, loadConfig } from "../config/load";
import { factoryHome, givenGnupg } from "../config/paths";
import type { FactoryConfig } from "../model/config";
import type { ImageDefinition } from "../model/image";
import type { RegionTarget } from "../model/region";
import { readCloudsFile, sessionOptions, type CloudsFile } from "../openstack/clouds-file";
import { Session } from "../openstack/session";
import { homeAt, type Home } from "./home";
import { UserError } from "./user-error";

export type ProjectName = keyof FactoryConfig["projects"];
export type Region = RegionTarget;

export class Deployment {
  private cloudsFile: CloudsFile | undefined;
  private readonly sessions = new Map<string, Session>();

  constructor(
    /** The repository's root. */
    readonly root: string,
    readonly config: FactoryConfig,
    readonly images: readonly ImageDefinition[],
    readonly home: Home,
    /** How messages call the configuration: its path. */
    readonly configFile = "factory.yaml",
  ) {}

  /** Reads configuration and catalogue. Throws a ConfigError with everything that is wrong with them. */
  static load(root: string, env: NodeJS.ProcessEnv = process.env): Deployment {
    const { config, images } = loadConfig(root, env);
    return new Deployment(
      root,
      chosen(config, env),
      images,
      homeAt(factoryHome(root, env), config.signing.home, givenGnupg(env)),
      configName(root, env),
    );
  }

  /** An entry of the catalogue; throws a UserError that names what there is. */
  image(name: string): ImageDefinition {
    const found = this.images.find((image) => image.name === name);
    if (found) return found;
    const known = this.images.map((image) => image.name).join(", ");
    throw new UserError(`there is no image "${name}" in images/; there are: ${known}`);
  }

  /** The region that images are built and tested in. */
  get homeRegion(): Region {
    const [first] = this.config.regions;
    if (!first) throw new UserError(`${this.configFile}: regions: names none`);
    return first;
  }

  /** A session of a project, in its clouds.yaml entry's region, or else in the home region. */
  project(name: ProjectName): Session {
    const { cloud } = this.config.projects[name];
    // Servers and networks are where images are built and tested.
    const region = name === "build" ? this.homeRegion.region : undefined;
    return this.session(cloud, region);
  }

  /** A session of a region that images go to. */
  region({ cloud, region }: Pick<Region, "cloud" | "region">): Session {
    return this.session(cloud, region);
  }

  private session(cloud: string, region: string | undefined): Session {
    this.cloudsFile ??= readCloudsFile();
    const options = sessionOptions(this.cloudsFile, cloud, region);
    const inRegion = options.region ?? this.homeRegion.region;
    const key = `${cloud}\0${inRegion}`;
    const session = this.sessions.get(key) ?? new Session({ ...options, region: inRegion });
    this.sessions.set(key, session);
    return session;
  }
}
