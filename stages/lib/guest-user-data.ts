/**
 * User data for a test instance, in every form that customers use: a gzipped MIME message with a cloud-config, a script,
 * a template and a boothook, each of which leaves a file. Pure.
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

const DIRECTORY = "/var/lib/factory-test";

/** The file that each form leaves. */
export const FORMS = {
  config: `${DIRECTORY}/cloud-config`,
  script: `${DIRECTORY}/script`,
  template: `${DIRECTORY}/template`,
  boothook: `${DIRECTORY}/boothook`,
} as const;

interface Part {
  readonly type: string;
  readonly name: string;
  readonly text: string;
}

/** What is sent; `marker` is a word that only this instance is told. */
export function userDataParts(marker: string): readonly Part[] {
  return [
    {
      type: "text/cloud-boothook",
      name: "boothook",
      text: `#cloud-boothook\n#!/bin/sh\nmkdir -p ${DIRECTORY}\necho "${marker} $(date +%s)" >> ${FORMS.boothook}\n`,
    },
    {
      type: "text/cloud-config",
      name: "cloud-config",
      text: `#cloud-config\nwrite_files:\n  - path: ${FORMS.config}\n    content: |\n      ${marker}\n`,
    },
    {
      type: "text/jinja2",
      name: "template",
      text: `## template: jinja\n#cloud-config\nruncmd:\n  - [sh, -c, 'echo ${marker} {{ v1.instance_id }} > ${FORMS.template}']\n`,
    },
    {
      type: "text/x-shellscript",
      name: "script",
      text: `#!/bin/sh\necho "${marker}" >> ${FORMS.script}\n`,
    },
  ];
}

/** The message as Nova is given it; equal input gives equal bytes. */
export function testUserData(marker: string): Buffer {
  return gzipSync(mimeMessage(userDataParts(marker)));
}

/** A multipart message. Its boundary is made from the content, so it can't be in there by chance. */
export function mimeMessage(parts: readonly Part[]): string {
  const boundary = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
  const bodies = parts.map(
    ({ type, name, text }) =>
      `--${boundary}\nContent-Type: ${type}; charset="utf-8"\nContent-Disposition: attachment; filename="${name}"\n\n${text}\n`,
  );
  return `MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="${boundary}"\n\n${bodies.join("")}--${boundary}--\n`;
}
