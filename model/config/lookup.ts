import type { Path } from "../problem";

/** What stands at a path of something that was read and not checked; undefined where nothing does. */
export function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[String(key)] : undefined,
    value,
  );
}
