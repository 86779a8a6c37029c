import { catalogueLines } from "../../../cli/catalogue-text";
import { imageDefinition } from "../model/definitions";

test("a line an image, in columns", () => {
  const images = [
    imageDefinition({ schedule: "nightly" }),
    imageDefinition({ name: "debian-12-kiwi", builder: "kiwi", providedUntil: "none" }),
  ];
  expect(catalogueLines(images)).toEqual([
    "debian-12       dib   debian 12 x86_64  nightly  until 2028-06-30",
    "debian-12-kiwi  kiwi  debian 12 x86_64  manual   until none",
  ]);
});

test("an untested image says why it is", () => {
  const os = { distro: "rocky", version: "9", codename: "9", user: "rocky" } as const;
  const status = { tested: false, reason: "no mirror was in reach" };
  expect(catalogueLines([imageDefinition({ name: "rocky-9", builder: "kiwi", os, status })])).toEqual([
    "rocky-9  kiwi  rocky 9 x86_64  manual   untested",
    "  no mirror was in reach",
  ]);
});

test("an empty catalogue is no line", () => {
  expect(catalogueLines([])).toEqual([]);
});
