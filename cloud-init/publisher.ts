/** The user data of the publisher's node. */
import { PUBLISHER_PATHS } from "../model/publisher";
import { renderRole, type NodeValues } from "./render";

export function publisherUserData(values: NodeValues): string {
  const { check, checkUnit, checked, credential, command, program, key, clouds } = PUBLISHER_PATHS;
  const paths = { check, checkUnit, checked, credential, command, program, key, clouds };
  return renderRole(values, { name: "publisher", values: paths });
}
