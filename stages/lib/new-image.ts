/** The build's image as Glance is told of it, the same in every region. */
import { registration } from "../../model/glance-properties";
import { names } from "../../model/naming";
import type { NewImage } from "../../openstack/glance";
import type { StageContext } from "./stage";

/** Everything but the bytes: name, properties and tags. */
export function newImage({ plan, data }: Pick<StageContext, "plan" | "data">): NewImage {
  const { virtualSize, patchedUntil } = data("build-image");
  const { factory, build, tags, recipes, image } = plan;
  const facts = { factory, build, tags, virtualSize, patchedUntil, commit: recipes.commit };
  return { name: names.image(build), diskFormat: "qcow2", visibility: "private", ...registration(image, facts) };
}
