/** What the parts of an image.yaml have to do with each other and with what is around it. */
import { CHECK_IDS, INDISPENSABLE } from "../image-checks";
import { nearest, type Problem } from "../problem";
import type { YamlFile } from "../yaml-file";
import { BUILDERS, type Builder } from "./fields";
import { reservedProblem } from "./reserved-names";
import { variantName } from "./variants";

export interface ReferenceSurroundings {
  /** The directory that the file lies in. */
  readonly directory: string;
  /** Names of factory.yaml's regions; undefined when those can't be read. */
  readonly regions: readonly string[] | undefined;
  /** Names of all directories of the catalogue; undefined: not to be checked. */
  readonly images?: readonly string[] | undefined;
}

interface Readable {
  readonly name?: unknown;
  readonly builder?: unknown;
  readonly regions?: unknown;
  readonly recipe?: Readonly<Record<string, unknown>> | null;
  readonly variants?: unknown;
  readonly tests?: { readonly skip?: unknown } | null;
  readonly providedUntil?: unknown;
  readonly support?: { readonly from?: unknown; readonly until?: unknown; readonly longTermUntil?: unknown } | null;
  readonly status?: { readonly tested?: unknown; readonly reason?: unknown } | null;
}

/** Checked on whatever could be read, beside the schema. */
export function referenceProblems(yaml: YamlFile, surroundings: ReferenceSurroundings): Problem[] {
  if (typeof yaml.value !== "object" || yaml.value === null) return [];
  const image = yaml.value as Readable;
  const rules = [
    nameProblems,
    recipeKeyProblems,
    variantProblems,
    supportProblems,
    supportOrder,
    statusProblems,
    regionProblems,
    skipProblems,
  ];
  return rules.flatMap((rule) => rule(image, yaml.problem, surroundings));
}

type Rule = (image: Readable, problem: YamlFile["problem"], surroundings: ReferenceSurroundings) => Problem[];

const nameProblems: Rule = ({ name }, problem, { directory }) => {
  if (typeof name !== "string") return [];
  const reserved = reservedProblem(name);
  if (reserved) return [problem(["name"], { value: name, ...reserved })];
  if (name === directory) return [];
  const remedy = `write ${directory}, or rename the directory`;
  return [problem(["name"], { value: name, message: `is not its directory's name ("${directory}")`, remedy })];
};

/** Keys of recipe and of variants that one builder alone reads. */
const KEYS: Readonly<Record<string, { readonly builder: Builder; readonly remedy: string }>> = {
  elements: { builder: "diskimage-builder", remedy: "take it out; kiwi reads the description beside image.yaml" },
  environment: { builder: "diskimage-builder", remedy: "take it out; kiwi reads the description beside image.yaml" },
  profiles: { builder: "kiwi", remedy: "take it out; diskimage-builder has elements" },
};

const recipeKeyProblems: Rule = ({ builder, recipe, variants }, problem) => {
  const places = [{ path: ["recipe"], value: recipe }, ...variantsOf(variants)];
  const foreign = places.flatMap(({ path, value }) =>
    Object.entries(KEYS)
      .filter(([key, own]) => value?.[key] !== undefined && isBuilder(builder) && own.builder !== builder)
      .map(([key, own]) => problem([...path, key], { message: `is for ${own.builder} only`, remedy: own.remedy })),
  );
  if (builder !== "diskimage-builder" || !recipe || recipe["elements"] !== undefined) return foreign;
  const remedy = "list its elements: [debian-minimal, vm, cloud-init]";
  return [problem(["recipe", "elements"], { message: "is missing", remedy }), ...foreign];
};

const isBuilder = (value: unknown): value is Builder => (BUILDERS as readonly unknown[]).includes(value);

const LONGEST_NAME = 30;

const variantProblems: Rule = ({ name, variants }, problem, { images = [] }) => {
  if (typeof name !== "string") return [];
  return variantsOf(variants).flatMap(({ path, variant }) => {
    const whole = variantName(name, variant);
    if (whole.length > LONGEST_NAME) {
      const message = `makes a name of ${whole.length} characters ("${whole}")`;
      return [problem(path, { message, remedy: `names of images have at most ${LONGEST_NAME}; choose a shorter one` })];
    }
    const reserved = reservedProblem(whole);
    if (reserved) return [problem(path, { value: whole, ...reserved })];
    if (!images.includes(whole)) return [];
    const remedy = "choose another name, or remove one of them";
    return [problem(path, { message: `is called as the image in images/${whole}`, remedy })];
  });
};

function variantsOf(variants: unknown): {
  readonly variant: string;
  readonly path: string[];
  readonly value: Readonly<Record<string, unknown>> | null;
}[] {
  if (typeof variants !== "object" || variants === null) return [];
  return Object.entries(variants as Readonly<Record<string, Readonly<Record<string, unknown>> | null>>).map(
    ([variant, value]) => ({ variant, path: ["variants", variant], value }),
  );
}

/** New images of a system whose holes nobody closes any more can't be promised. Dates of this form sort as text. */
const supportProblems: Rule = ({ providedUntil, support }, problem) => {
  const ends = [support?.until, support?.longTermUntil].filter((date) => typeof date === "string").sort();
  const end = ends.at(-1);
  if (end === undefined || typeof providedUntil !== "string" || !/^\d/.test(providedUntil)) return [];
  if (providedUntil <= end) return [];
  const message = `is after the operating system's support, which ends on ${end}`;
  return [problem(["providedUntil"], { value: providedUntil, message, remedy: `write ${end} or earlier` })];
};

/** Support begins, ends, and may go on for a while after that. */
const supportOrder: Rule = ({ support }, problem) => {
  const dates = (["from", "until", "longTermUntil"] as const).flatMap((key) => {
    const date = support?.[key];
    return typeof date === "string" ? [{ key, date }] : [];
  });
  return dates.flatMap(({ key, date }, index) => {
    const before = dates[index - 1];
    if (!before || before.date <= date) return [];
    const message = `is before support.${before.key} (${before.date})`;
    return [problem(["support", key], { value: date, message, remedy: "correct one of them" })];
  });
};

const statusProblems: Rule = ({ status }, problem) => {
  if (status?.tested !== false || status.reason !== undefined) return [];
  return [problem(["status", "reason"], { message: "is missing", remedy: "say why the image is not tested" })];
};

const regionProblems: Rule = ({ regions: wanted }, problem, { regions: known }) => {
  if (!Array.isArray(wanted)) return [];
  return wanted.flatMap((region: unknown, index) => {
    if (typeof region !== "string") return [];
    const path = ["regions", index];
    if (wanted.indexOf(region) < index) {
      return [problem(path, { value: region, message: "is listed twice", remedy: "list it once" })];
    }
    if (!known || known.includes(region)) return [];
    const meant = nearest(region, known);
    const remedy = meant === undefined ? `there are ${known.join(", ")}` : `did you mean "${meant}"?`;
    return [problem(path, { value: region, message: "is no region of factory.yaml", remedy })];
  });
};

const SKIPPABLE: readonly string[] = CHECK_IDS.filter((id) => !INDISPENSABLE.includes(id));

/** A check that is misspelt would go on failing; one that is skipped must be one that can be. */
const skipProblems: Rule = ({ tests }, problem) => {
  const skip: readonly unknown[] = Array.isArray(tests?.skip) ? tests.skip : [];
  return skip.flatMap((entry, index) => {
    const { check } = (entry ?? {}) as { readonly check?: unknown };
    if (typeof check !== "string" || SKIPPABLE.includes(check)) return [];
    const known = CHECK_IDS.some((id) => id === check);
    const meant = nearest(check, SKIPPABLE);
    const remedy = meant === undefined || known ? "docs/stages.md lists them" : `did you mean "${meant}"?`;
    const message = known ? "can't be skipped: without it there is nothing to test" : "is no check of stage 9";
    return [problem(["tests", "skip", index, "check"], { value: check, message, remedy })];
  });
};
