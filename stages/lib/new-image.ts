/** The build's image as Glance is told of it: the same in every region but for its signature. */
import { registration } from "../../model/glance-properties";
import { signatureProperties } from "../../model/image-signature";
import { names } from "../../model/naming";
import type { RegionTarget } from "../../model/region";
import type { NewImage } from "../../openstack/glance";
import type { StageContext } from "./stage";

type Facts = Pick<StageContext, "plan" | "data">;

/** Everything but the bytes: name, properties and tags. */
export function newImage({ plan, data }: Facts, region: RegionTarget): NewImage {
  const { virtualSize, patchedUntil, signature } = data("build-image");
  const { factory, build, tags, recipes, image } = plan;
  const facts = { factory, build, tags, virtualSize, patchedUntil, commit: recipes.commit };
  const told = registration(image, facts, region.properties);
  const signed = signatureProperties(plan.imageSigning, signature, { region: region.name, moment: "create" });
  const properties = { ...told.properties, ...signed };
  return { name: names.image(build), diskFormat: "qcow2", visibility: "private", ...told, properties };
}

/** What is added when its data is in: the signature, where Glance can't verify it at the upload. */
export function laterProperties({ plan, data }: Facts, region: string): Readonly<Record<string, string>> {
  return signatureProperties(plan.imageSigning, data("build-image").signature, { region, moment: "active" });
}
