/** What is to be seen of a factory's releases: by an administrator, by a customer, on the pages. */
import type { Catalogue } from "../../../model/catalogue";
import { listImages, type GlanceImage } from "../../../openstack/glance";
import type { Session } from "../../../openstack/session";
import type { Website } from "./website";

export const REGIONS = ["RegionOne", "RegionTwo"] as const;

export interface Eyes {
  readonly factory: string;
  /** What customers call the image. */
  readonly title: string;
  readonly administrator: (region: string) => Session;
  /** Of a project that has nothing to do with the factory. */
  readonly customer: (region: string) => Session;
  readonly website: Website;
}

/** By region: all of the factory's images, hidden ones too, as this session sees them. */
async function images(session: Session, factory: string): Promise<readonly GlanceImage[]> {
  const properties = { image_factory: factory };
  const both = [false, true].map((hidden) => listImages(session, { hidden, visibility: "all", properties }));
  return (await Promise.all(both)).flat();
}

const told = (one: GlanceImage): string =>
  [one.name, one.visibility, one.os_hidden ? "hidden" : "shown", one.status, one["os_purpose"]].join(", ");

const byBuild = (found: readonly GlanceImage[]): Record<string, string> =>
  Object.fromEntries(found.map((one) => [String(one["image_factory_build"]), told(one)]));

/** Custom properties, and what every image has that customers go by. */
function about(image: GlanceImage): Record<string, unknown> {
  const own =
    /^(os_|image_|img_|hw_|hypervisor_|architecture|uuid_validity|replace_frequency|provided_until|min_|disk_)/;
  return Object.fromEntries(Object.entries(image).filter(([key]) => own.test(key)));
}

export interface View {
  /** By region and build: name, visibility, hidden or shown, status, os_purpose. */
  readonly administrator: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The same of what a customer may see, whether listings show it or not. */
  readonly customer: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By region: builds that a customer finds by the name. */
  readonly found: Readonly<Record<string, readonly string[]>>;
  /** By build, as the web site's catalogue says. */
  readonly catalogue: Readonly<Record<string, string>>;
}

export async function look({ factory, title, administrator, customer, website }: Eyes): Promise<View> {
  const perRegion = await Promise.all(
    REGIONS.map(async (region) => {
      const all = await images(administrator(region), factory);
      const seen = await images(customer(region), factory);
      for (const one of seen) {
        const same = all.find(({ id }) => id === one.id);
        expect({ region, ...about(one) }).toEqual({ region, ...(same && about(same)) });
      }
      const found = await listImages(customer(region), { name: title, visibility: "public", status: "active" });
      return { region, all, seen, found };
    }),
  );
  const of = <T>(value: (one: (typeof perRegion)[number]) => T): Record<string, T> =>
    Object.fromEntries(perRegion.map((one) => [one.region, value(one)]));
  return {
    administrator: of(({ all }) => byBuild(all)),
    customer: of(({ seen }) => byBuild(seen)),
    found: of(({ found }) => found.map((one) => String(one["image_factory_build"]))),
    catalogue: await states(website),
  };
}

async function states(website: Website): Promise<Record<string, string>> {
  const { status, body } = await website.get("catalogue.json");
  if (status === 404) return {};
  const { images: listed } = JSON.parse(body.toString()) as Catalogue;
  return Object.fromEntries(listed.flatMap(({ releases }) => releases.map(({ build, state }) => [build, state])));
}

/** The same in both regions. */
export const everywhere = <T>(value: T): Record<string, T> =>
  Object.fromEntries(REGIONS.map((region) => [region, value]));
