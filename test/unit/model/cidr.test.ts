import { formatCidr, formatIpv4, overlap, parseCidr, parseIpv4, type Cidr } from "../../../model/cidr";

const cidr = (text: string): Cidr => {
  const parsed = parseCidr(text);
  if (!parsed) throw new Error(text);
  return parsed;
};

test.each(["0.0.0.0", "10.0.0.1", "127.255.0.3", "128.0.0.0", "255.255.255.255"])("%s there and back", (text) => {
  expect(formatIpv4(parseIpv4(text) ?? -1)).toBe(text);
});

test.each(["", "10.0.0", "10.0.0.256", "10.0.0.01", "10.0.0.1.2", "a.b.c.d", " 10.0.0.1"])(
  "%j is no address",
  (text) => {
    expect(parseIpv4(text)).toBeUndefined();
  },
);

test.each(["10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/8/8", "x/8"])(
  "%j is no network",
  (text) => {
    expect(parseCidr(text)).toBeUndefined();
  },
);

test.each([
  ["10.60.0.7/24", "10.60.0.0/24"],
  ["200.1.2.3/8", "200.0.0.0/8"],
  ["255.255.255.255/1", "128.0.0.0/1"],
  ["1.2.3.4/0", "0.0.0.0/0"],
  ["1.2.3.4/32", "1.2.3.4/32"],
])("%s lies in %s", (text, network) => {
  expect(formatCidr(cidr(text))).toBe(network);
});

test.each([
  ["10.0.0.0/24", "10.0.1.0/24", false],
  ["10.0.0.0/23", "10.0.1.0/24", true],
  ["0.0.0.0/0", "203.0.113.0/24", true],
  ["172.24.4.0/23", "172.24.5.255/32", true],
  ["172.24.4.0/23", "172.24.6.0/32", false],
])("%s and %s overlap: %s", (a, b, expected) => {
  expect(overlap(cidr(a), cidr(b))).toBe(expected);
  expect(overlap(cidr(b), cidr(a))).toBe(expected);
});
