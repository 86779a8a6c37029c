/** The program's command line. */
import { check } from "./check";
import { placesBelow } from "./places";
import { prune } from "./pruning";

const HELP = `Deletes from the factory's share what its retention policy does not keep.

usage: prune.js [--dry-run | --check] [--root DIR]

  --dry-run    only tells what it would do
  --check      tells whether the cache is within its bound and the last run was in time
  --root DIR   put before every path (for tests)

exit codes: 0 done, 1 something is wrong (a listing that fails deletes nothing), 2 wrong usage
`;

/** Runs it; the exit code is for the process. Errors are one line on standard error. */
export async function main(args: readonly string[]): Promise<number> {
  const rest = [...args];
  const flags = new Set<string>();
  let root = "";
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === "--root" && rest[0] !== undefined) root = rest.shift() ?? "";
    else if (["--dry-run", "--check", "--help"].includes(arg)) flags.add(arg);
    else return wrongUsage(`unknown argument "${arg}"; see --help`);
  }
  if (flags.size > 1) return wrongUsage(`${[...flags].join(" and ")} exclude each other`);
  if (flags.has("--help")) {
    print(HELP.trimEnd());
    return 0;
  }
  const places = placesBelow(root);
  try {
    if (flags.has("--check")) print(await check(places, Date.now()));
    else await prune(places, { dryRun: flags.has("--dry-run"), print });
    return 0;
  } catch (error) {
    process.stderr.write(`prune: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

function wrongUsage(message: string): number {
  process.stderr.write(`prune: ${message}\n`);
  return 2;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
