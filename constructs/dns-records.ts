import { DataOpenstackDnsZoneV2 } from "@cdktf/provider-openstack/lib/data-openstack-dns-zone-v2";
import { DnsRecordsetV2 } from "@cdktf/provider-openstack/lib/dns-recordset-v2";
import { Construct } from "constructs";

export interface DnsRecordsProps {
  /** Name of a zone that is there already, as example.org. */
  readonly zone: string;
  /** IPv4 addresses by the name's first part; names without an address are left out. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
}

/** Seconds: an address that moves is found again soon. */
const TTL = 300;

/** Names of the factory's nodes in a zone of the cloud's DNS (Designate), for those who use them from elsewhere. */
export class DnsRecords extends Construct {
  constructor(scope: Construct, id: string, { zone, addresses }: DnsRecordsProps) {
    super(scope, id);
    const suffix = zone.endsWith(".") ? zone : `${zone}.`;
    const { id: zoneId } = new DataOpenstackDnsZoneV2(this, "zone", { name: suffix });
    for (const [name, records] of Object.entries(addresses)) {
      if (records.length === 0) continue;
      new DnsRecordsetV2(this, name, { zoneId, name: `${name}.${suffix}`, type: "A", ttl: TTL, records: [...records] });
    }
  }
}
