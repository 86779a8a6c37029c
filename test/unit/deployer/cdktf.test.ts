import { accessSync, constants } from "node:fs";
import { cdktfProgram } from "../../../deployer/cdktf";

test("the cdktf command's program is there", () => {
  expect(() => accessSync(cdktfProgram(), constants.R_OK)).not.toThrow();
});
