/** IPv4 networks in CIDR notation. */

export interface Cidr {
  /** First address, as an unsigned 32 bit number. */
  readonly first: number;
  /** Last address. */
  readonly last: number;
  /** Bits of the prefix, 0 to 32. */
  readonly prefix: number;
}

/** The address as an unsigned number; undefined for what is no dotted quad. */
export function parseIpv4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return undefined;
  const parts = match.slice(1);
  // Leading zeroes are octal to some programs and decimal to others.
  if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith("0")))) return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/** Address and prefix as written, host bits and all; undefined for what is no CIDR notation. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = "", bits = "", ...rest] = text.split("/");
  const start = parseIpv4(address);
  if (start === undefined || rest.length > 0 || !/^(\d|[12]\d|3[0-2])$/.test(bits)) return undefined;
  const prefix = Number(bits);
  const size = 2 ** (32 - prefix);
  const first = start - (start % size);
  return { first, last: first + size - 1, prefix };
}

/** The network that the text lies in, host bits cleared: `10.60.0.7/24` → `10.60.0.0/24`. */
export function formatCidr(cidr: Cidr): string {
  return `${formatIpv4(cidr.first)}/${cidr.prefix}`;
}

export function overlap(a: Cidr, b: Cidr): boolean {
  return a.first <= b.last && b.first <= a.last;
}
