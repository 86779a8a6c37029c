/**
 * lynis' hardening index of an image that does not run: in namespaces of its own, without a network, with the image's
 * read-only tree as its root. What it asks a running kernel or process about is left out, or this host would be judged.
 */
import { chmod, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Audit } from "./audit";
import { StageError } from "./errors";
import { exec } from "./exec";

/** Where Debian's package keeps it. */
const PARTS = [
  ["/usr/sbin/lynis", "lynis"],
  ["/usr/share/lynis", "."],
  ["/etc/lynis/plugins", "plugins"],
] as const;

/** About the kernel, the processes or the network of the machine that lynis runs on; the last is slow and certain. */
const LIVE_TESTS = [
  "KRNL-5622 KRNL-5677 KRNL-5695 KRNL-5723 KRNL-5726 KRNL-5728 KRNL-5770 KRNL-5788 KRNL-5830 KRNL-6000",
  "BOOT-5177 BOOT-5180 BOOT-5184 BOOT-5202 BOOT-5264",
  "PROC-3602 PROC-3604 PROC-3612 PROC-3614 LOGG-2130 LOGG-2138 LOGG-2190 LOGG-2192 TIME-3104 TIME-3116 TIME-3182",
  "NETW-2704 NETW-2705 NETW-3001 NETW-3004 NETW-3006 NETW-3008 NETW-3012 NETW-3014 NETW-3015 NETW-3028",
  "NAME-4016 NAME-4018 NAME-4020 NAME-4028 NAME-4404 FIRE-4502 FIRE-4508 FIRE-4512 FIRE-4513 FIRE-4590 PKGS-7390 PKGS-7392",
  "CRYP-7902",
]
  .join(" ")
  .split(" ");

/** Seconds. */
const TIMEOUT = 300;

/** Runs in new namespaces, given root, tools and where reports go. */
const SCRIPT = `set -eu
root=$1 tools=$2 out=$3
mount --make-rprivate /
for place in tmp run; do mount -t tmpfs -o mode=1777 tmpfs "$root/$place"; done
mount -t proc proc "$root/proc"
mkdir "$root/tmp/lynis" && mount --bind "$tools" "$root/tmp/lynis"
code=0
chroot "$root" /bin/sh -c 'cd /tmp/lynis && exec ./lynis audit system --profile /tmp/lynis/factory.prf --forensics \\
  --quick --no-colors --quiet --skip-plugins --logfile /tmp/lynis.log --report-file /tmp/lynis-report.dat' \\
  < /dev/null || code=$?
cp "$root/tmp/lynis-report.dat" "$out"
exit "$code"
`;

export interface LynisReport {
  readonly index: number;
  readonly warnings: readonly string[];
  readonly suggestions: readonly string[];
}

/** Pure: what counts of lynis' report; undefined when it did not come to its end. */
export function parseLynisReport(text: string): LynisReport | undefined {
  const index = /^hardening_index=(\d+)$/m.exec(text)?.[1];
  if (index === undefined) return undefined;
  const entries = (kind: string): string[] =>
    [...text.matchAll(new RegExp(`^${kind}\\[\\]=([A-Z]+-\\d+)\\|([^|]*)\\|`, "gm"))].map(
      ([, id = "", what = ""]) => `${id} ${what}`,
    );
  return { index: Number(index), warnings: entries("warning"), suggestions: entries("suggestion") };
}

/** Lynis' whole report, beside the stage's others. */
export const LYNIS_REPORT = "lynis-report.dat";

export const lynis: Audit = async ({ tree, plan, work, signal, log }) => {
  const minimum = plan.image.tests.lynis?.minimum ?? 0;
  const tools = path.join(work, "lynis");
  const out = path.join(work, LYNIS_REPORT);
  await rm(tools, { recursive: true, force: true });
  await mkdir(tools, { recursive: true });
  for (const [from, to] of PARTS) await cp(from, path.join(tools, to), { recursive: true, dereference: true });
  // Its own text has a version that a package of the distribution can't follow: no word of updates in the report.
  await writeFile(path.join(tools, "factory.prf"), LIVE_TESTS.map((test) => `skip-test=${test}\n`).join(""));
  await exec("chmod", ["-R", "go-w,a+rX", tools], { signal });
  await chmod(path.join(tools, "lynis"), 0o755);
  const namespaces = ["--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child"];
  await exec("unshare", [...namespaces, "sh", "-c", SCRIPT, "lynis", tree.root, tools, out], {
    signal,
    timeout: TIMEOUT,
    // Its exit code says whether there is something to warn of, too.
    accept: [0, 64, 65, 66, 78],
    log: (line) => log(`lynis: ${line}`),
    logOutput: false,
  });
  const report = parseLynisReport(await readFile(out, "latin1"));
  if (!report) throw new StageError("lynis came to no end; see the log of this stage");
  const { index, warnings, suggestions } = report;
  const lines = [
    minimum > 0
      ? `index ${index}, floor ${minimum}`
      : `index ${index}, not judged (tests.lynis of the image says nothing)`,
    ...warnings.map((each) => `warning: ${each}`),
    ...suggestions.map((each) => `suggestion: ${each}`),
  ];
  return { ok: index >= minimum, lines, measured: index };
};
