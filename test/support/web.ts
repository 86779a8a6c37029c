/** A web site from outside: its pages, its open ports, and how long it did not answer. */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { exchange, readAll } from "../../openstack/http";

export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Asks for a page; its certificate has to be of this CA (PEM) and for the URL's host. */
export async function page(
  url: string,
  ca: string,
  { method = "GET", headers = {} }: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<Page> {
  const answer = await exchange({ method, url: new URL(url), headers, idleTimeout: 5000, tls: { ca } });
  return { status: answer.status, headers: answer.headers, body: await readAll(answer, 64 * 1024 * 1024) };
}

const AT_ONCE = 500;
const SECOND = 1000;

/** Those of the ports that take a connection within so many milliseconds. */
export async function openPorts(address: string, ports: readonly number[], within = SECOND): Promise<number[]> {
  const open: number[] = [];
  const left = [...ports];
  const work = async (): Promise<void> => {
    for (let port = left.shift(); port !== undefined; port = left.shift())
      if (await isOpen(address, port, within)) open.push(port);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return open.sort((a, b) => a - b);
}

function isOpen(host: string, port: number, timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout });
    const end = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", end(true)).on("timeout", end(false)).on("error", end(false));
  });
}

/** Looks again and again; the longest time without an answer, in milliseconds, is told at the end. */
export class Uptime {
  private stopped = false;
  private longest = 0;
  private asked = 0;
  private readonly looking: Promise<void>;

  constructor(url: string, ca: string) {
    this.looking = this.look(url, ca);
  }

  async end(): Promise<{ readonly longestGap: number; readonly asked: number }> {
    this.stopped = true;
    await this.looking;
    return { longestGap: this.longest, asked: this.asked };
  }

  private async look(url: string, ca: string): Promise<void> {
    let last = Date.now();
    while (!this.stopped) {
      const answered = await Promise.race([
        page(url, ca).then(
          ({ status }) => status === 200,
          () => false,
        ),
        sleep(SECOND, false),
      ]);
      this.asked += 1;
      this.longest = Math.max(this.longest, Date.now() - last);
      if (answered) last = Date.now();
      await sleep(200);
    }
  }
}
