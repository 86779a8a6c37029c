/** Puts the checks together into a directory that runs inside an instance and prints TAP. */
import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { exists } from "./files";
import type { GuestCheck } from "./guest-checks";

/** Seconds for one check inside; emulated machines are slow. */
const CHECK_TIMEOUT = 180;

/** What a check exits with when there is nothing to check: the word of automake and many others. */
const NOTHING_TO_CHECK = 77;

/** When a part of the suite runs. An image's own tests run in the first. */
export type SuitePhase = "instance" | "reboot";

/**
 * The program inside; its argument is the phase. Our checks are one result each; an image's own tests
 * (`images/<name>/tests/*.sh`) may print TAP of their own, whose results are numbered on, or count as one by their exit
 * code.
 */
const RUNNER = `#!/bin/bash
# Runs the checks beside it, prints TAP. As root.
cd "$(dirname "$0")" || exit 1
phase=$1
set -a
. ./context.env
RECEIVED=$(date +%s)
BOOTED=$(awk '$1 == "btime" { print $2 }' /proc/stat)
PACKAGES=$PWD/packages.txt
set +a
echo "TAP version 13"
n=0
report() { # exit-code name seconds output
  n=$((n + 1))
  local word="not ok" directive=""
  case $1 in
    0) word=ok ;;
    ${NOTHING_TO_CHECK}) word=ok directive="SKIP $(printf '%s\\n' "$4" | tail -n 1) " ;;
  esac
  echo "$word $n - $2 # \${directive}time=$3s"
  [ -z "$4" ] || printf '%s\\n' "$4" | sed 's/^/# /'
}
one() { # file name
  local start=$EPOCHREALTIME output code seconds
  output=$(timeout ${CHECK_TIMEOUT} bash -eu "$1" 2>&1 < /dev/null); code=$?
  [ "$code" != 124 ] || output="$output
took longer than ${CHECK_TIMEOUT} s"
  seconds=$(awk "BEGIN { printf \\"%.3f\\", $EPOCHREALTIME - $start }")
  if [ -n "$3" ] && printf '%s\\n' "$output" | grep -Eq '^(not )?ok\\b'; then
    while IFS= read -r line; do
      case $line in
        ok*|"not ok"*)
          n=$((n + 1))
          word=\${line%%ok*}ok
          name=$(printf '%s' "$line" | sed -E 's/^(not )?ok *[0-9]* *-? *//')
          echo "$word $n - $2: $name" ;;
        "TAP version"*|1..[0-9]*) ;;
        "#"*) echo "$line" ;;
        *) echo "# $line" ;;
      esac
    done <<< "$output"
    [ "$code" = 0 ] || report "$code" "$2: exit code" 0 "exited with $code"
  else
    report "$code" "$2" "$seconds" "$output"
  fi
}
while IFS=$'\\t' read -r file name; do one "$phase/$file" "$name" ""; done < "$phase/list"
for file in project/*.sh; do
  [ "$phase" != instance ] || [ ! -e "$file" ] || one "$file" "$(basename "$file" .sh)" project
done
echo "1..$n"
`;

export interface SuiteOptions {
  readonly directory: string;
  /** Values for the checks; plain words, no quoting is done. */
  readonly variables: Readonly<Record<string, string>>;
  readonly packagesFile: string;
  /** The image's own tests, if it has any. */
  readonly projectTests: string;
  readonly checks: Readonly<Record<SuitePhase, readonly GuestCheck[]>>;
}

/** Writes the suite's files. */
export async function writeGuestSuite(options: SuiteOptions): Promise<void> {
  const { directory, checks } = options;
  await rm(directory, { recursive: true, force: true });
  await mkdir(path.join(directory, "project"), { recursive: true });
  await writeFile(path.join(directory, "run.sh"), RUNNER, { mode: 0o755 });
  await writeFile(path.join(directory, "context.env"), contextText(options.variables));
  await cp(options.packagesFile, path.join(directory, "packages.txt"));
  for (const phase of ["instance", "reboot"] as const) await writeChecks(path.join(directory, phase), checks[phase]);
  if (!(await exists(options.projectTests))) return;
  for (const name of await readdir(options.projectTests)) {
    await cp(path.join(options.projectTests, name), path.join(directory, "project", name), { recursive: true });
  }
}

async function writeChecks(directory: string, checks: readonly GuestCheck[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  const files = checks.map((check, index) => ({ ...check, file: `${String(index + 1).padStart(2, "0")}.sh` }));
  for (const { file, script } of files) await writeFile(path.join(directory, file), `${script}\n`);
  await writeFile(path.join(directory, "list"), files.map(({ file, name }) => `${file}\t${name}\n`).join(""));
}

/** Pure: assignments that a shell reads as they are; throws for a value that would need quoting. */
export function contextText(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => {
      if (!/^[A-Za-z0-9._:@/-]*$/.test(value)) throw new Error(`${name}: "${value}" would need quoting`);
      return `${name}=${value}\n`;
    })
    .join("");
}
