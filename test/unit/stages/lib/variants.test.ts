/** What an image.yaml says of a variant, as far as the builder and the clouds see it. */
import { recipeIdentity } from "../../../../deployer/recipes";
import { registration } from "../../../../model/glance-properties";
import { parseImage, type ImageDefinition } from "../../../../model/image";
import { withVariants } from "../../../../model/image/variants";
import type { BuildPlan } from "../../../../model/plan";
import { dibArguments, dibEnvironment } from "../../../../stages/lib/dib";
import { kiwiCalls } from "../../../../stages/lib/kiwi-command";
import { layout } from "../../../../stages/lib/layout";
import { PLAN } from "../plan";

const yaml = (builder: string, recipe: string, variant: string): string => `
name: debian-12
description: An image
owner: images@example.org
builder: ${builder}
recipe: ${recipe}
os: { distro: debian, version: "12", codename: bookworm, user: debian }
architecture: x86_64
minDiskGiB: 3
minRamMiB: 512
purpose: custom
replaceFrequency: monthly
providedUntil: 2028-06-30
variants: { docker: { description: "with Docker", ${variant} } }
`;

function both(text: string): readonly [BuildPlan, BuildPlan] {
  const parsed = parseImage(text, "image.yaml", { directory: "debian-12", regions: undefined });
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  const [own, variant] = withVariants(parsed.image) as readonly [ImageDefinition, ImageDefinition];
  return [
    { ...PLAN, image: own },
    { ...PLAN, image: variant },
  ];
}
const diskimageBuilder = () =>
  both(
    yaml(
      "diskimage-builder",
      "{ elements: [debian-cloud, vm], packages: [curl], environment: { DIB_GRUB_TIMEOUT: '0' } }",
      "elements: [sysctl], packages: [docker.io], environment: { DIB_SYSCTL: 'on' }, minDiskGiB: 8, purpose: minimal",
    ),
  );

test("diskimage-builder is given its elements, packages and variables beyond the image's, which stays as it is", () => {
  const [own, variant] = diskimageBuilder();
  const words = ({ image }: BuildPlan) => dibArguments({ ...PLAN, image }, "/w/image").slice(-6);
  expect(words(own)).toEqual(["--no-tmpfs", "-n", "-p", "curl", "debian-cloud", "vm"]);
  expect(words(variant)).toEqual(["-n", "-p", "curl,docker.io", "debian-cloud", "vm", "sysctl"]);
  const directories = { elements: [], temporary: "/t", cache: "/c" };
  expect(dibEnvironment(own, directories)).not.toHaveProperty("DIB_SYSCTL");
  expect(dibEnvironment(variant, directories)).toMatchObject({ DIB_GRUB_TIMEOUT: "0", DIB_SYSCTL: "on" });
});

test("KIWI is given its profiles and packages beyond the image's", () => {
  const [own, variant] = both(
    yaml("kiwi", "{ profiles: [Cloud], packages: [curl] }", "profiles: [Docker], packages: [docker.io]"),
  );
  const directories = { description: "d", root: "r", target: "t", temporary: "t", cache: "c", home: "h", config: "k" };
  const words = (plan: BuildPlan) =>
    (kiwiCalls(plan, directories)[0]?.args ?? []).filter((word) => /profile|package/.test(word));
  expect(words(own)).toEqual(["--profile=Cloud", "--add-package=curl"]);
  expect(words(variant)).toEqual([
    "--profile=Cloud",
    "--profile=Docker",
    "--add-package=curl",
    "--add-package=docker.io",
  ]);
});

test("it is built from its image's directory, with a cache of its own", () => {
  const [own, variant] = diskimageBuilder();
  expect(layout(variant, "/r").recipe).toBe(layout(own, "/r").recipe);
  const trees = { "debian-12": "1".repeat(40), elements: "2".repeat(40) };
  const identity = ({ image }: BuildPlan) => recipeIdentity(image, { commit: "3".repeat(40), trees });
  expect(identity(variant)).not.toBe(identity(own));
  expect(identity(variant)).not.toBe(recipeIdentity(variant.image, { commit: "3".repeat(40), trees: {} }));
});

test("Glance is told its own purpose and disk", () => {
  const facts = { factory: "demo", build: "b", tags: [], virtualSize: 1, patchedUntil: "2026-01-01", commit: "c" };
  const told = ({ image }: BuildPlan) => registration(image, facts);
  const [own, variant] = diskimageBuilder().map(told);
  expect([own?.minDiskGiB, variant?.minDiskGiB]).toEqual([3, 8]);
  expect([own?.properties["os_purpose"], variant?.properties["os_purpose"]]).toEqual(["custom", "minimal"]);
});
