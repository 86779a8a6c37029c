import { DnsRecords } from "../../../constructs/dns-records";
import { all, only, synthStack, testStack } from "./synth";

const RECORD = "openstack_dns_recordset_v2";

function synth(zone: string, addresses: Readonly<Record<string, readonly string[]>>) {
  const stack = testStack();
  new DnsRecords(stack, "dns", { zone, addresses });
  return synthStack(stack);
}

test("names become address records in the zone, which is found and not made", () => {
  const { resource, data } = synth("images.example.org", { web: ["172.24.4.9"], directory: ["10.0.0.1", "10.0.0.2"] });
  expect(Object.keys(resource)).toEqual([RECORD]);
  expect(only(data, "openstack_dns_zone_v2")).toMatchObject({ name: "images.example.org." });
  expect(all(resource, RECORD).map(({ name, type, records }) => [name, type, records])).toEqual([
    ["directory.images.example.org.", "A", ["10.0.0.1", "10.0.0.2"]],
    ["web.images.example.org.", "A", ["172.24.4.9"]],
  ]);
});

test("a zone with its dot is the same, and a name without an address has no record", () => {
  const { resource } = synth("example.org.", { web: [], controller: ["10.0.0.3"] });
  expect(only(resource, RECORD)["name"]).toBe("controller.example.org.");
});
