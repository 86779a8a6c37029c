/** The user data of the publisher's node. */
import { PUBLISHER_PATHS, PUBLISHER_USER } from "../model/publisher";
import { renderRole, type NodeValues } from "./render";

export function publisherUserData(values: NodeValues): string {
  const { check, checkUnit, checked, publishUnit, publishTimer, published } = PUBLISHER_PATHS;
  const { credential, command, program, key, clouds } = PUBLISHER_PATHS;
  const units = { checkUnit, checked, publishUnit, publishTimer, published };
  const paths = { ...units, check, credential, command, program, key, clouds, user: PUBLISHER_USER };
  return renderRole(values, { name: "publisher", values: paths });
}
