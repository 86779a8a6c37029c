/** The files of an image that nothing is wrong with, as far as audits look, in a directory of a test's own. */
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import type { AuditContext } from "../../../../stages/lib/audit";
import { ImageTree } from "../../../../stages/lib/image-tree";
import { PLAN } from "../plan";

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
const [UID, GID] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];

/** Whoever runs the tests owns the files; a person's account among the image's is what one audit looks for. */
export const BY_A_PERSON = UID >= 1000;

const STATUS = `Package: bash
Status: install ok installed
Architecture: amd64
Source: bash (5.2-1)
Version: 5.2-1+b1

Package: left
Status: deinstall ok config-files
Architecture: all
Version: 1
`;

const GOOD: Readonly<Record<string, string>> = {
  "etc/passwd": `root:x:0:0:root:/root:/bin/bash\nsshd:x:101:65534::/run/sshd:/usr/sbin/nologin\n${UID === 0 ? "" : `own:x:${UID}:${GID}::/:/bin/false\n`}`,
  "etc/group": `root:x:0:\nown:x:${GID}:\n`,
  "etc/shadow": "root:*:20780:0:99999:7:::\nsshd:!:20780::::::\nnet:!*:20780::::::\n",
  "etc/machine-id": "",
  "etc/resolv.conf": "",
  "etc/fstab": "LABEL=cloudimg-rootfs / ext4 defaults 0 1\n",
  "etc/ssh/sshd_config": "PasswordAuthentication no\n",
  "root/.bashrc": "# root's\n",
  "var/log/dpkg.log": "",
  "boot/vmlinuz-6.1.0": "kernel",
  "boot/initrd.img-6.1.0": "initrd",
  "boot/grub/grub.cfg":
    "menuentry 'x' {\n\tlinux\t/boot/vmlinuz-6.1.0 root=LABEL=r ro\n\tinitrd\t/boot/initrd.img-6.1.0\n}\n",
  "usr/bin/bash": "bash itself",
  "var/lib/dpkg/status": STATUS,
  "var/lib/dpkg/info/bash.list": "/.\n/usr\n/usr/bin\n/bin/bash\n",
  "var/lib/dpkg/info/bash.md5sums": `${md5("bash itself")}  bin/bash\n${md5("gone")}  usr/share/doc/bash/README\n`,
};

export class GoodTree {
  readonly root = mkdtempSync(path.join(tmpdir(), "image-"));
  readonly tree = new ImageTree(this.root);
  /** What the repositories offer. */
  offered: Readonly<Record<string, string>> = { bash: "5.2-1+b1" };
  tracker: Awaited<ReturnType<AuditContext["tracker"]>> = { unavailable: "not asked" };
  image = PLAN.image;

  constructor() {
    for (const [name, text] of Object.entries(GOOD)) this.write(name, text);
    for (const name of ["tmp", "var/tmp", "home", "var/log/journal"]) this.directory(name);
    for (const name of ["etc/shadow"]) chmodSync(this.at(name), 0o640);
    symlinkSync("usr/bin", this.at("bin"));
    symlinkSync("/boot/vmlinuz-6.1.0", this.at("vmlinuz"));
  }

  at(name: string): string {
    return path.join(this.root, name);
  }

  write(name: string, text: string, mode = 0o644): void {
    mkdirSync(path.dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), text);
    chmodSync(this.at(name), mode);
  }

  directory(name: string): void {
    mkdirSync(this.at(name), { recursive: true });
  }

  context(): AuditContext {
    return {
      plan: { ...PLAN, image: this.image },
      tree: new ImageTree(this.root),
      raw: "/nowhere",
      offset: 0,
      work: "/nowhere",
      signal: new AbortController().signal,
      log: () => undefined,
      offered: () => Promise.resolve(this.offered),
      tracker: () => Promise.resolve(this.tracker),
    };
  }
}
