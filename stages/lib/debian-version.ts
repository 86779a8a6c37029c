/** The order of Debian's package versions (deb-version(7)). Pure. */

/** Negative: a is older than b. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [split(a), split(b)];
  return x.epoch - y.epoch || compareParts(x.upstream, y.upstream) || compareParts(x.revision, y.revision);
}

function split(version: string): { readonly epoch: number; readonly upstream: string; readonly revision: string } {
  const colon = version.indexOf(":");
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf("-");
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? "" : rest.slice(dash + 1),
  };
}

/** Runs of other characters and runs of digits take turns, the first being other characters, be it none. */
function compareParts(a: string, b: string): number {
  const [x, y] = [parts(a), parts(b)];
  for (let index = 0; index < Math.max(x.length, y.length); index++) {
    const [one = "", other = ""] = [x[index], y[index]];
    const order = index % 2 === 0 ? compareWords(one, other) : compareNumbers(one, other);
    if (order !== 0) return order;
  }
  return 0;
}

function parts(text: string): string[] {
  const found: string[] = text.match(/\D+|\d+/g) ?? [];
  return /^\d/.test(text) ? ["", ...found] : found;
}

function compareNumbers(a: string, b: string): number {
  const [x, y] = [a, b].map((digits) => digits.replace(/^0+/, "")) as [string, string];
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0);
}

function compareWords(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = weight(a[index]) - weight(b[index]);
    if (order !== 0) return order;
  }
  return 0;
}

/** A tilde comes before the end, the end before letters, letters before all else. */
function weight(char: string | undefined): number {
  if (char === undefined) return 0;
  if (char === "~") return -1;
  return /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256;
}
