import { makeProgram } from "../../../cli/program";
import { RESERVED_NAMES } from "../../../model/image/reserved-names";

test("no image can be called as a subcommand of factory build, which would hide it", () => {
  const program = makeProgram("/nowhere");
  const build = program.commands.find((command) => command.name() === "build");
  if (!build) throw new Error("there is no command build");
  // with all that they are called otherwise, and what commander adds by itself
  const subcommands = build.createHelp().visibleCommands(build);
  const hidden = build.commands.filter((command) => !subcommands.includes(command));
  const called = [...subcommands, ...hidden].flatMap((command) => [command.name(), ...command.aliases()]);
  expect([...RESERVED_NAMES].sort()).toEqual([...new Set(called)].sort());
});
