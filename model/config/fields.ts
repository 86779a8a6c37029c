/** The kinds of values that factory.yaml's sections share. */
import { z } from "zod";
import { formatCidr, parseCidr } from "../cidr";

export const text = z.string().min(1);
export const cloud = text.describe("Entry of clouds.yaml");
export const host = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, "is no host name or address; write it as ntp.example.org");
export const address = z.ipv4({ error: "is no IPv4 address; write it as 10.60.0.1" });
export const webAddress = z
  .string()
  .regex(/^https?:\/\/[^\s/]+(\/\S*)?$/, "is no web address; write it as https://mirror.example.org/path");
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "is no SHA-256; write its 64 hex digits in lower case");
export const distinguishedName = z
  .string()
  .regex(/^\w+=[^,]+(,\s*\w+=[^,]+)*$/, "is no distinguished name; write it as dc=example,dc=org");

/** An IPv4 network without host bits. */
export const network = z
  .string()
  .refine((value) => parseCidr(value) !== undefined, {
    error: "is no IPv4 network; write it as 10.60.0.0/24",
    abort: true,
  })
  .refine((value) => formatted(value) === value, {
    error: ({ input }) => `has host bits set; write it as ${formatted(String(input))}`,
  })
  .meta({ format: "ipv4-network" });

function formatted(value: string): string {
  const cidr = parseCidr(value);
  return cidr ? formatCidr(cidr) : value;
}

export const ownNetwork = network.refine((value) => (parseCidr(value)?.prefix ?? 0) <= 28, {
  error: "is too small for a factory; use a /28 or larger, best a /24",
});
export const reachableFrom = network.refine((value) => (parseCidr(value)?.prefix ?? 0) >= 8, {
  error: "lets nearly everybody in; name the networks that your people come from",
});
