/** The part of a role that backs up its node's state. */
import { BACKUP } from "../model/backup";
import { file, type RolePart } from "./render";

export function backupPart(): RolePart {
  const { program, unit, make, timer, access, passphrases } = BACKUP;
  return { name: "backup", values: { program, unit: unit(""), make, timer, access, passphrases } };
}

/** The program, which is handed over: beside all else it would be too much for user data. */
export const backupProgram = (): string => file("factory-backup");
