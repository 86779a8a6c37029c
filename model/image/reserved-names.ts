/**
 * Names that no image can have: `factory build <name>` takes them for its subcommands. Here because the command line is
 * not at hand where a catalogue is checked; a test compares them with it.
 */
export const RESERVED_NAMES: readonly string[] = ["cancel", "end", "list", "show", "statistics"];

/** Why a name can't be an image's; undefined for one that can. */
export function reservedProblem(name: string): { readonly message: string; readonly remedy: string } | undefined {
  if (!RESERVED_NAMES.includes(name)) return undefined;
  return { message: "is what a subcommand of factory build is called", remedy: "choose another name" };
}
