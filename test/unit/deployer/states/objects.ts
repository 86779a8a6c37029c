/** An object storage of a test: containers' objects in memory, behind the cloud server's Swift. */
import type { CloudServer } from "../../openstack/cloud-server";
import { type Seen, type Reply } from "../../openstack/cloud-server";

export class Objects {
  readonly content = new Map<string, string>();
  /** Like Swift, which looks before it writes: the next "only if absent" is stored although there is one. */
  blind = 0;

  constructor(
    readonly cloud: CloudServer,
    paths: readonly string[],
  ) {
    for (const path of paths.map((one) => `/v1/AUTH_p1/${one}`)) {
      cloud.on(`GET ${path}`, () => this.get(path));
      cloud.on(`PUT ${path}`, (seen) => this.put(path, seen));
      cloud.on(`DELETE ${path}`, () => ({ status: this.content.delete(path) ? 204 : 404 }));
    }
  }

  private get(path: string): Reply {
    const text = this.content.get(path);
    return text === undefined ? { status: 404 } : { text };
  }

  private put(path: string, { headers, body }: Seen): Reply {
    const absent = headers["if-none-match"] === "*";
    if (absent && this.content.has(path)) {
      if (this.blind === 0) return { status: 412 };
      this.blind -= 1;
    }
    this.content.set(path, body);
    return { status: 201 };
  }
}
