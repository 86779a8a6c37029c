/** The catalogue as people read it. */
import type { ImageDefinition } from "../model/image";

const SHORT: Readonly<Record<ImageDefinition["builder"], string>> = { "diskimage-builder": "dib", kiwi: "kiwi" };

/** A line an image, and one more for what is to be known about it; fits into 80 columns but for long reasons. */
export function catalogueLines(images: readonly ImageDefinition[]): string[] {
  const longest = (of: (image: ImageDefinition) => string): number =>
    Math.max(0, ...images.map((one) => of(one).length));
  const name = longest((image) => image.name);
  const os = longest(system);
  return images.flatMap((image) => [
    [
      image.name.padEnd(name),
      SHORT[image.builder].padEnd(4),
      system(image).padEnd(os),
      image.schedule.padEnd(7),
      image.status.tested ? `until ${image.providedUntil}` : "untested",
    ].join("  "),
    ...(image.status.tested ? [] : [`  ${image.status.reason ?? "no reason is given"}`]),
  ]);
}

const system = ({ os, architecture }: ImageDefinition): string => `${os.distro} ${os.version} ${architecture}`;
