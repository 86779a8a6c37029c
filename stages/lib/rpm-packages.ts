/**
 * Packages of rpm's as KIWI lists them, in its result `*.packages`: a line each,
 * `name|epoch|version|release|architecture|URL of the sources in a build service|licence`. KIWI asks the image's own rpm
 * where the database is, which a build host of another distribution can't know. Pure.
 */
import { licencesInTag } from "../../model/licences";
import type { SoftwarePackage } from "../../model/software";

/** rpm's format of such a line. */
export const RPM_LINE = "%{NAME}|%{EPOCH}|%{VERSION}|%{RELEASE}|%{ARCH}|%{DISTURL}|%{LICENSE}\\n";

/** What rpm, and KIWI for it, write for nothing. */
const NOTHING = ["", "(none)", "None"];

/** Keys that were imported stand among the packages; there is nothing in them. */
const KEYS = "gpg-pubkey";

/** The packages of such a list, in byte order of their names. Throws an Error for a line that is none of it. */
export function parseRpmList(text: string): SoftwarePackage[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines
    .map(packageIn)
    .filter(({ name }) => name !== KEYS)
    .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

function packageIn(line: string): SoftwarePackage {
  const [name = "", epoch = "", version = "", release = "", architecture, , ...licence] = line.split("|");
  if (name === "" || version === "" || architecture === undefined)
    throw new Error(`"${line.slice(0, 80)}" is no line of a list of rpm packages`);
  const full = [version, release].filter((part) => !NOTHING.includes(part)).join("-");
  const tag = licence.join("|").trim();
  return {
    name,
    version: NOTHING.includes(epoch) ? full : `${epoch}:${full}`,
    architecture,
    licences: NOTHING.includes(tag) ? [] : licencesInTag(tag),
  };
}
