/** The build's image as Glance is told of it: the same in every region but for the certificate of its signature. */
import { registration } from "../../model/glance-properties";
import { signatureProperties } from "../../model/image-signature";
import { names } from "../../model/naming";
import type { NewImage } from "../../openstack/glance";
import type { StageContext } from "./stage";

/** Everything but the bytes: name, properties and tags. */
export function newImage({ plan, data }: Pick<StageContext, "plan" | "data">, region: string): NewImage {
  const { virtualSize, patchedUntil, signature } = data("build-image");
  const { factory, build, tags, recipes, image } = plan;
  const facts = { factory, build, tags, virtualSize, patchedUntil, commit: recipes.commit };
  const told = registration(image, facts);
  const properties = { ...told.properties, ...signatureProperties(plan.imageSigning, signature, region) };
  return { name: names.image(build), diskFormat: "qcow2", visibility: "private", ...told, properties };
}
