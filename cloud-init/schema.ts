/**
 * What our cloud-config documents may say. cloud-init itself lets unknown keys pass, modes that YAML read as numbers,
 * commands that a shell would split: a mistake would be found on a node, or not at all. A key that a role needs and
 * that is missing here is added here, in its strictest form.
 */
import { isAbsolute, normalize } from "node:path";
import { z } from "zod";
import { formatPath, type Path } from "../model/problem";

const text = z.string().min(1);
const url = z.string().regex(/^https?:\/\/\S+$/, "is no web address");

/** A command as words: a string would go through a shell, and a number would be what YAML made of a mode. */
const command = z.array(z.string()).min(1);

const repository = z.array(z.strictObject({ arches: z.array(text).min(1), uri: url })).min(1);

const permissions = z
  .string('is no mode in quotes, as "0644"')
  .regex(/^0[0-7]{3}$/, "is no mode of four octal digits")
  .refine((mode) => (parseInt(mode, 8) & 0o022) === 0, "lets others than the owner write");

const writtenFile = z
  .strictObject({
    path: text.refine((path) => isAbsolute(path) && normalize(path) === path, "is no absolute path"),
    permissions,
    /** `user:group`; both have to be there before packages are installed. */
    owner: z
      .string()
      .regex(/^[a-z_][a-z0-9_-]*:[a-z_][a-z0-9_-]*$/, "is no user:group")
      .optional(),
    content: z.string(),
    /** Several roles may add to one file. */
    append: z.literal(true).optional(),
  })
  .refine((file) => file.content.startsWith("#!") === executable(file.permissions), {
    error: "a script is executable, and nothing else is",
    path: ["permissions"],
    when: ({ issues }) => issues.length === 0,
  });

function executable(mode: string): boolean {
  return (parseInt(mode, 8) & 0o111) !== 0;
}

const cloudConfig = z.strictObject({
  apt: z
    .strictObject({
      preserve_sources_list: z.boolean(),
      sources_list: text,
      primary: repository,
      security: repository,
    })
    .partial()
    .optional(),
  bootcmd: z.array(command).optional(),
  disable_root: z.literal(true).optional(),
  manage_etc_hosts: z.literal("localhost").optional(),
  ntp: z.strictObject({ enabled: z.boolean(), servers: z.array(text).min(1) }).optional(),
  runcmd: z.array(command).optional(),
  ssh_genkeytypes: z
    .array(z.enum(["ed25519"]))
    .min(1)
    .optional(),
  ssh_pwauth: z.literal(false).optional(),
  write_files: z
    .array(writtenFile)
    .superRefine((files, context) => {
      const paths = files.map((file) => file.path);
      for (const [index, { path, append }] of files.entries())
        if (append === undefined && paths.indexOf(path) < index)
          context.addIssue({ code: "custom", path: [index, "path"], message: `${path} is written twice` });
    })
    .optional(),
});

/** Throws with everything that is wrong with a document, one line each. */
export function checkCloudConfig(config: unknown): void {
  const { error } = cloudConfig.safeParse(config);
  if (!error) return;
  throw new Error(error.issues.map((issue) => `cloud-init: ${where(config, issue.path)}${issue.message}`).join("\n"));
}

/** A file is known by its path rather than by its number. */
function where(config: unknown, path: readonly PropertyKey[]): string {
  const [key, index, ...rest] = path as Path;
  const files = (config as { readonly write_files?: readonly { readonly path?: unknown }[] }).write_files;
  const file = key === "write_files" && typeof index === "number" ? files?.[index]?.path : undefined;
  const place = typeof file === "string" ? [file, ...rest].join(" ") : formatPath(path as Path);
  return place === "" ? "" : `${place}: `;
}
