/** Where everything lies: names of objects. A page is the `index.html` of its directory. */
import { artefactObject } from "../model/catalogue";
import { slug } from "./text";

export const PLACES = {
  index: "index.html",
  style: "site.css",
  script: "site.js",
  icon: "icon.svg",
  feed: "feed.atom",
  trust: "trust/index.html",
  streams: "streams/v1/index.json",
  image: (image: string): string => `images/${image}/index.html`,
  packages: (image: string): string => `images/${image}/packages/index.html`,
  sums: (image: string): string => `images/${image}/SHA256SUMS`,
  release: (image: string, build: string): string => artefactObject(image, build, "index.html"),
  region: (region: string): string => `regions/${slug(region)}/index.html`,
} as const;

/** An object's name as part of an address; a page by its directory. */
export function address(object: string): string {
  const [name = "", fragment] = object.split("#");
  const path = name
    .replace(/(^|\/)index\.html$/, "$1")
    .split("/")
    .map((part) => encodeURIComponent(part))
    .join("/");
  return fragment === undefined ? path : `${path}#${fragment}`;
}

/** From one object to another: relative, so that the site can lie anywhere. */
export function relative(from: string, to: string): string {
  const up = "../".repeat(from.split("/").length - 1);
  return `${up}${address(to)}` || "./";
}
