import { recipeName } from "../../../../model/image/recipe-name";
import { withVariants } from "../../../../model/image/variants";
import { imageDefinition } from "../definitions";

const image = imageDefinition({
  recipe: { elements: ["debian-cloud", "vm"], packages: ["curl"], environment: { DIB_GRUB_TIMEOUT: "0", LANG: "C" } },
  variants: {
    docker: {
      description: "with Docker",
      purpose: "network",
      packages: ["docker.io", "curl"],
      elements: ["sysctl"],
      environment: { LANG: "de" },
      minDiskGiB: 8,
    },
    plain: { description: "as it is" },
  },
});

test("a variant is a complete image of the same recipe", () => {
  const [own, docker, plain, ...more] = withVariants(image);
  expect(own).toBe(image);
  expect(docker).toEqual({
    ...image,
    name: "debian-12-docker",
    variantOf: "debian-12",
    variants: {},
    description: "with Docker",
    purpose: "network",
    minDiskGiB: 8,
    recipe: {
      elements: ["debian-cloud", "vm", "sysctl"],
      packages: ["curl", "docker.io"],
      environment: { DIB_GRUB_TIMEOUT: "0", LANG: "de" },
    },
  });
  expect(plain?.recipe).toEqual(image.recipe);
  expect(more).toEqual([]);
});

test("its recipe is in its image's directory", () => {
  expect(withVariants(image).map(recipeName)).toEqual(["debian-12", "debian-12", "debian-12"]);
});

test("an image without variants is itself", () => {
  expect(withVariants(imageDefinition())).toEqual([imageDefinition()]);
});
