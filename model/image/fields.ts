/** Kinds of values that several parts of image.yaml use. */
import { z } from "zod";

export const BUILDERS = ["diskimage-builder", "kiwi"] as const;
export type Builder = (typeof BUILDERS)[number];

export const oneLine = z
  .string()
  .regex(/^\S.*$/, "is not one line of text; write a short line")
  .max(255);

export const date = z.string().refine((value) => z.iso.date().safeParse(value).success, {
  error: "is no date; write YYYY-MM-DD",
});

export const mail = z.email({ error: "is no mail address; write it as owner@example.org" });

const element = z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, "is no name of an element; write it as cloud-init");
export const elements = z.array(element).min(1);

export const environment = z.record(
  z.string().regex(/^[A-Z][A-Z0-9_]*$/, "is no variable's name; use A-Z 0-9 _"),
  z.string(),
);

const packageName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9+.-]+$/, "is no package's name; write it as it is in the repository");
export const packages = z.array(packageName).min(1);

const profile = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "is no name of a profile; write it as in config.xml");
export const profiles = z.array(profile).min(1);

export const purpose = z.enum(["generic", "oldgeneric", "minimal", "k8snode", "gpu", "network", "custom"]);
export const minDiskGiB = z.int().min(1).max(128);
export const minRamMiB = z.int().min(64).max(1048576);
