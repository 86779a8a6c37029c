/** Barbican in memory, behind a CloudServer. */
import { randomUUID } from "node:crypto";
import { CloudServer, type Reply, type Seen } from "./cloud-server";

export interface FakeSecret {
  readonly id: string;
  readonly name: string;
  readonly payload: string;
  readonly created: string;
  readonly expiration?: string;
  readonly secret_type?: string;
}

export class FakeBarbican {
  readonly secrets = new Map<string, FakeSecret>();
  /** Ids of users who may read a secret, by its id. */
  readonly readers = new Map<string, readonly string[]>();
  private clock = Date.parse("2026-01-01T00:00:00Z");

  constructor(private readonly cloud: CloudServer) {
    cloud.on("GET /key-manager/v1/secrets", (seen) => this.list(seen));
    cloud.on("POST /key-manager/v1/secrets", (seen) => this.create(seen));
  }

  /** A cloud of its own; whoever asks for it stops it. */
  static async start(): Promise<{ readonly cloud: CloudServer; readonly barbican: FakeBarbican }> {
    const cloud = await CloudServer.start();
    return { cloud, barbican: new FakeBarbican(cloud) };
  }

  names(): string[] {
    return [...this.secrets.values()].map(({ name }) => name);
  }

  /** What somebody else put there. */
  put(name: string, payload: string): string {
    const id = randomUUID();
    this.clock += 1000;
    this.keep({ id, name, payload, created: new Date(this.clock).toISOString().replace("Z", "") });
    return id;
  }

  payloads(name: string): string[] {
    return [...this.secrets.values()].filter((one) => one.name === name).map(({ payload }) => payload);
  }

  private list({ query }: Seen): Reply {
    const found = [...this.secrets.values()].filter(({ name }) => !query.has("name") || name === query.get("name"));
    const offset = Number(query.get("offset"));
    const page = found.slice(offset, offset + Number(query.get("limit")));
    const secrets = page.map(({ id, name, created }) => ({
      name,
      created,
      secret_ref: `https://elsewhere.example.org/v1/secrets/${id}`,
    }));
    return { json: { secrets, total: found.length } };
  }

  private create({ body }: Seen): Reply {
    const told = JSON.parse(body) as FakeSecret & { readonly payload_content_encoding?: "base64" };
    const { name, expiration, secret_type } = told;
    const payload = Buffer.from(told.payload, told.payload_content_encoding ?? "utf8").toString("utf8");
    const id = randomUUID();
    this.clock += 1000;
    const created = new Date(this.clock).toISOString().replace("Z", "");
    const about = {
      ...(expiration !== undefined && { expiration }),
      ...(secret_type !== undefined && { secret_type }),
    };
    this.keep({ id, name, payload, created, ...about });
    return { status: 201, json: { secret_ref: `https://elsewhere.example.org/v1/secrets/${id}` } };
  }

  private keep(secret: FakeSecret): void {
    const { id } = secret;
    this.secrets.set(id, secret);
    const path = `/key-manager/v1/secrets/${id}`;
    this.cloud.on(`GET ${path}`, () => {
      const found = this.secrets.get(id);
      return found ? { json: { name: found.name, secret_type: found.secret_type } } : { status: 404 };
    });
    this.cloud.on(`GET ${path}/payload`, () => {
      const found = this.secrets.get(id);
      return found ? { text: found.payload } : { status: 404 };
    });
    this.cloud.on(`PUT ${path}/acl`, ({ body }) => {
      this.readers.set(id, (JSON.parse(body) as { read: { users: string[] } }).read.users);
      return { json: { acl_ref: `https://elsewhere.example.org/v1/secrets/${id}/acl` } };
    });
    this.cloud.on(`DELETE ${path}`, () => ({ status: this.secrets.delete(id) ? 204 : 404 }));
  }
}
