/** Asking the web servers as a browser does: by name, with the factory's CA. */
import { readFileSync } from "node:fs";
import { request } from "node:https";

export interface Page {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** Rejects when the certificate is not the CA's or not for this address. */
export function get({ address, ca }: { readonly address: string; readonly ca: string }, path: string): Promise<Page> {
  return new Promise((resolve, reject) => {
    const options = { host: address, path, ca: readFileSync(ca), timeout: 20_000, agent: false as const };
    const asked = request(options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    asked.on("timeout", () => asked.destroy(new Error(`${address}: no answer`)));
    asked.on("error", reject);
    asked.end();
  });
}
