/** What customers write to get the image that is current when it runs: by its stable name and properties, never by an id. */
import { currentRelease, type CatalogueImage, type CatalogueRegion } from "../model/catalogue";

/** The property that every build of an image carries, whatever it is called in Glance. */
export const IMAGE_PROPERTY = "image_factory_image";

export interface Snippet {
  readonly title: string;
  /** Of the language: `shell`, `terraform`. */
  readonly kind: string;
  readonly text: string;
}

/** For a shell: in single quotes unless it is plain. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A string of HCL. */
export function hclString(text: string): string {
  const escaped = JSON.stringify(text)
    .replaceAll("${", () => "$${")
    .replaceAll("%{", "%%{");
  return escaped.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/** The name of an image as an identifier of Terraform. */
export function identifier(name: string): string {
  const plain = name.replace(/[^a-z0-9]/g, "_");
  return /^[a-z]/.test(plain) ? plain : `image_${plain}`;
}

/** For one region; without one for whichever the shell or provider is set to. */
export function snippets(image: CatalogueImage, region?: CatalogueRegion): readonly Snippet[] {
  return [
    { title: "OpenStack command line", kind: "shell", text: commandLine(image) },
    { title: "Terraform", kind: "terraform", text: terraform(image, region?.owner) },
  ];
}

function commandLine(image: CatalogueImage): string {
  const { name, title } = image;
  const visibility = visibilityOf(image);
  return [
    `image=$(openstack image list --${visibility} --name ${shellWord(title)} \\`,
    `  --property ${shellWord(`${IMAGE_PROPERTY}=${name}`)} --format value --column ID)`,
    `openstack server create --image "$image" --flavor FLAVOR --network NETWORK my-server`,
  ].join("\n");
}

function terraform(image: CatalogueImage, owner: string | undefined): string {
  const { name, title } = image;
  const id = identifier(name);
  return [
    `data "openstack_images_image_v2" "${id}" {`,
    `  name        = ${hclString(title)}`,
    `  visibility  = ${hclString(visibilityOf(image))}`,
    ...(owner === undefined ? [] : [`  owner       = ${hclString(owner)}`]),
    "  most_recent = true",
    `  properties = {`,
    `    ${IMAGE_PROPERTY} = ${hclString(name)}`,
    "  }",
    "}",
    "",
    `resource "openstack_compute_instance_v2" "example" {`,
    `  name     = "example"`,
    `  image_id = data.openstack_images_image_v2.${id}.id`,
    "  # …",
    "}",
  ].join("\n");
}

/** Of the current release; regions that differ are told apart on the page itself. */
function visibilityOf(image: CatalogueImage): string {
  return currentRelease(image)?.copies[0]?.visibility ?? "public";
}
