/** Licences as packages name them (Debian in copyright files by DEP-5, rpm in a tag), in the words of SPDX. */
import type { Licence } from "./software";

/** Debian's short names (without case) → SPDX. `+` is "or later". */
const SPDX: Readonly<Record<string, string>> = {
  "agpl-3": "AGPL-3.0-only",
  "agpl-3+": "AGPL-3.0-or-later",
  "apache-2": "Apache-2.0",
  "apache-2.0": "Apache-2.0",
  artistic: "Artistic-1.0-Perl",
  "artistic-1": "Artistic-1.0",
  "artistic-2": "Artistic-2.0",
  "artistic-2.0": "Artistic-2.0",
  "bsd-2-clause": "BSD-2-Clause",
  "bsd-2-clauses": "BSD-2-Clause",
  "bsd-3-clause": "BSD-3-Clause",
  "bsd-3-clauses": "BSD-3-Clause",
  "bsd-4-clause": "BSD-4-Clause",
  "bsl-1": "BSL-1.0",
  "bsl-1.0": "BSL-1.0",
  "cc-by-3.0": "CC-BY-3.0",
  "cc-by-4.0": "CC-BY-4.0",
  "cc-by-sa-3.0": "CC-BY-SA-3.0",
  "cc-by-sa-4.0": "CC-BY-SA-4.0",
  "cc0-1": "CC0-1.0",
  "cc0-1.0": "CC0-1.0",
  cc0: "CC0-1.0",
  curl: "curl",
  expat: "MIT",
  mit: "MIT",
  "gfdl-1.1+": "GFDL-1.1-or-later",
  "gfdl-1.2": "GFDL-1.2-only",
  "gfdl-1.2+": "GFDL-1.2-or-later",
  "gfdl-1.3": "GFDL-1.3-only",
  "gfdl-1.3+": "GFDL-1.3-or-later",
  "gpl-1": "GPL-1.0-only",
  "gpl-1+": "GPL-1.0-or-later",
  "gpl-2": "GPL-2.0-only",
  "gpl-2+": "GPL-2.0-or-later",
  "gpl-2.0": "GPL-2.0-only",
  "gpl-2.0+": "GPL-2.0-or-later",
  "gpl-3": "GPL-3.0-only",
  "gpl-3+": "GPL-3.0-or-later",
  "gpl-3.0": "GPL-3.0-only",
  "gpl-3.0+": "GPL-3.0-or-later",
  "lgpl-2": "LGPL-2.0-only",
  "lgpl-2+": "LGPL-2.0-or-later",
  "lgpl-2.0": "LGPL-2.0-only",
  "lgpl-2.0+": "LGPL-2.0-or-later",
  "lgpl-2.1": "LGPL-2.1-only",
  "lgpl-2.1+": "LGPL-2.1-or-later",
  "lgpl-3": "LGPL-3.0-only",
  "lgpl-3+": "LGPL-3.0-or-later",
  "lgpl-3.0+": "LGPL-3.0-or-later",
  isc: "ISC",
  "mpl-1.1": "MPL-1.1",
  "mpl-2": "MPL-2.0",
  "mpl-2.0": "MPL-2.0",
  openssl: "OpenSSL",
  psf: "PSF-2.0",
  "psf-2": "PSF-2.0",
  python: "Python-2.0",
  "python-2.0": "Python-2.0",
  ruby: "Ruby",
  "sil-1.1": "OFL-1.1",
  "ofl-1.1": "OFL-1.1",
  unlicense: "Unlicense",
  zlib: "Zlib",
  "zlib/libpng": "Zlib",
  // Fedora's, and its descendants'
  "asl 2.0": "Apache-2.0",
  gplv2: "GPL-2.0-only",
  "gplv2+": "GPL-2.0-or-later",
  gplv3: "GPL-3.0-only",
  "gplv3+": "GPL-3.0-or-later",
  lgplv2: "LGPL-2.0-only",
  "lgplv2+": "LGPL-2.0-or-later",
  lgplv3: "LGPL-3.0-only",
  "lgplv3+": "LGPL-3.0-or-later",
  "mplv1.1": "MPL-1.1",
  "mplv2.0": "MPL-2.0",
};

/** The same by SPDX's own identifiers, which newer packages write. */
const BY_ID: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(SPDX).map((id) => [id.toLowerCase(), id]),
);

/** The licence of one of the short names. */
export function licenceNamed(name: string): Licence {
  const id = SPDX[name.toLowerCase()] ?? BY_ID[name.toLowerCase()];
  return id === undefined ? { name } : { id };
}

/**
 * All licences that a DEP-5 file names, each once, in order; none for a file that is not in that form. "or" and "and"
 * are taken apart: what is listed is what the package's parts are under.
 */
export function licencesIn(copyright: string): Licence[] {
  if (!/^format(-specification)?:/im.test(copyright.slice(0, 2000))) return [];
  const names = [...copyright.matchAll(/^License:[ \t]*(\S.*)$/gim)].flatMap(([, text = ""]) => namesIn(text));
  return distinct(names);
}

/** Those in rpm's tag License: an expression with and, or and parentheses, taken apart like the others. */
export function licencesInTag(tag: string): Licence[] {
  return distinct(namesIn(tag.replace(/[()]/g, " ")));
}

/** The licences of these names, each once, in order. */
function distinct(names: readonly string[]): Licence[] {
  const found = new Map(
    names.map((name) => {
      const licence = licenceNamed(name);
      return ["id" in licence ? licence.id : licence.name, licence] as const;
    }),
  );
  return [...found.keys()].sort().map((key) => found.get(key) ?? { name: key });
}

/** `GPL-2+ or Artistic, and Expat` → the three names; an exception stays with its licence. */
function namesIn(text: string): string[] {
  return text
    .split(/\s+(?:and\/or|and|or)\s+|\s*[,|]\s*|\s*&\s*/i)
    .map((name) =>
      name
        .replace(/^(and\/or|and|or)\s+/i, "")
        .replace(/\s+/g, " ")
        .trim(),
    )
    .filter((name) => name !== "");
}
