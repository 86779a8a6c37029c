/** Canonical S-expressions, as libgcrypt and gpg-agent write keys and signatures: `(7:sig-val(5:ecdsa(1:r48:…)…))`. Pure. */

/** An atom's bytes, or a list. */
export type SExpression = Buffer | readonly SExpression[];

const OPEN = 0x28;
const CLOSE = 0x29;
const COLON = 0x3a;

/** Reads one expression; bytes after it (libgcrypt ends some with a zero) are left out. Throws for what is none. */
export function parseSExpression(bytes: Buffer): SExpression {
  let at = 0;
  const read = (): SExpression => {
    if (bytes[at] !== OPEN) return atom();
    at++;
    const items: SExpression[] = [];
    while (bytes[at] !== CLOSE) items.push(read());
    at++;
    return items;
  };
  const atom = (): Buffer => {
    const colon = bytes.indexOf(COLON, at);
    const length = colon < 0 ? "" : bytes.toString("latin1", at, colon);
    const end = colon + 1 + Number(length);
    if (!/^\d+$/.test(length) || end > bytes.length) throw new Error("no canonical S-expression");
    const value = bytes.subarray(colon + 1, end);
    at = end;
    return value;
  };
  return read();
}

/** The first list that begins with `name`, wherever it is nested. */
export function listNamed(expression: SExpression, name: string): readonly SExpression[] | undefined {
  if (Buffer.isBuffer(expression)) return undefined;
  const [head] = expression;
  if (Buffer.isBuffer(head) && head.toString("latin1") === name) return expression;
  for (const item of expression) {
    const found = listNamed(item, name);
    if (found) return found;
  }
  return undefined;
}

/** The value of such a list: `(r VALUE)`. */
export function valueNamed(expression: SExpression, name: string): Buffer | undefined {
  const value = listNamed(expression, name)?.[1];
  return Buffer.isBuffer(value) ? value : undefined;
}
