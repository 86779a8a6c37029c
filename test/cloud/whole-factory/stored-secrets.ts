/** The secrets that a factory made for itself, read from Barbican as their owner. */
import type { FactoryRun } from "../../support/factory-run";
import type { Secret } from "../../support/secrets";

interface Listed {
  readonly secrets: readonly { readonly secret_ref: string; readonly name: string; readonly status: string }[];
}

/** Every value; of a key or certificate each line of the private key. */
export async function storedSecrets(run: FactoryRun): Promise<Secret[]> {
  const session = run.session("build");
  const base = { service: "key-manager", method: "GET" } as const;
  const { secrets } = await session.json<Listed>({ ...base, path: "/secrets", query: { limit: 1000 } });
  if (secrets.length === 0) throw new Error("the factory has no secrets in Barbican");
  const found: Secret[] = [];
  for (const { secret_ref, name } of secrets) {
    const path = `/secrets/${secret_ref.split("/").at(-1) ?? ""}/payload`;
    const { text } = await session.request({ ...base, path, headers: { accept: "text/plain" } });
    found.push(...lines(text).map((value) => ({ what: name, value })));
  }
  return found;
}

function lines(text: string): string[] {
  if (!text.includes("-----BEGIN")) return [text.trim()];
  const key = /-----BEGIN [A-Z ]*PRIVATE KEY-----([^-]+)-----END/.exec(text)?.[1] ?? "";
  // the first line of a key names its kind and is the same for all
  return key
    .trim()
    .split("\n")
    .slice(1)
    .filter((line) => line.length >= 12);
}
