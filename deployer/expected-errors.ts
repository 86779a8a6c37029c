/** Which errors are told in one line and which are ours to mend. */
import { ConfigError } from "../config/load";
import { CloudsFileError } from "../openstack/clouds-file";
import { OpenStackError } from "../openstack/errors";
import { ServerFailure } from "../openstack/nova-wait";
import { WaitTimeout } from "../openstack/wait";
import { ChecksFailed } from "../stages/initialise";
import { SshError } from "./ssh-error";
import { UserError } from "./user-error";

const EXPECTED = [
  UserError,
  ConfigError,
  CloudsFileError,
  OpenStackError,
  ServerFailure,
  WaitTimeout,
  ChecksFailed,
  SshError,
];

/** JavaScript's own errors are mistakes in the program. */
const MISTAKES = [TypeError, ReferenceError, RangeError, SyntaxError];

/** Whether the message tells the user all there is to know: one line a problem, without a stack. */
export function isExpected(error: unknown): error is Error {
  if (EXPECTED.some((known) => error instanceof known)) return true;
  // Plain errors of ours are written for people; what Node throws has a code or is a mistake.
  return (
    error instanceof Error &&
    error.constructor === Error &&
    !("code" in error) &&
    !MISTAKES.some((known) => error instanceof known)
  );
}
