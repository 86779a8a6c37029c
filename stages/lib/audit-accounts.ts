/** Accounts of an image: none of people, none with a password. */
import { noneOf, type Audit } from "./audit";

/** The range that Debian, Red Hat and SUSE give to people (UID_MIN to UID_MAX of login.defs). */
const PEOPLE = { from: 1000, to: 60000 };

const rows = (text: string | undefined): string[][] =>
  (text ?? "")
    .split("\n")
    .filter((line) => line.includes(":"))
    .map((line) => line.split(":"));

/** Pure: what is wrong with the password field of shadow(5); undefined for a locked one. */
export function passwordProblem(field: string): string | undefined {
  if (field === "") return "may log in without a password";
  // After "!" may stand a hash that unlocking would bring back.
  if (/\$\w+\$|^!?[./0-9A-Za-z]{13}$/.test(field))
    return field.startsWith("!") ? "has a password, which is locked only" : "has a password";
  return /^[!*x]/.test(field) ? undefined : "has a password field that is neither locked nor known";
}

export const passwords: Audit = async ({ tree }) => {
  const shadow = rows(await tree.read("/etc/shadow"));
  const wrong = shadow.flatMap(([user = "", field = ""]) => {
    const problem = passwordProblem(field);
    return problem === undefined ? [] : [`/etc/shadow: ${user} ${problem}`];
  });
  // An "x" says that the password is in shadow; everything else counts itself.
  const old = rows(await tree.read("/etc/passwd")).filter(([, field = ""]) => field !== "x" && !/^[!*]/.test(field));
  return noneOf([...wrong, ...old.map(([user = ""]) => `/etc/passwd: ${user} has its password here, or none`)]);
};

export const accounts: Audit = async ({ tree }) => {
  const users = rows(await tree.read("/etc/passwd")).map(([name = "", , uid = ""]) => ({ name, uid: Number(uid) }));
  const people = users.filter(({ uid }) => uid >= PEOPLE.from && uid < PEOPLE.to);
  const roots = users.filter(({ name, uid }) => uid === 0 && name !== "root");
  return noneOf([
    ...people.map(({ name, uid }) => `${name} (${uid}): cloud-init makes the login user at the first boot`),
    ...roots.map(({ name }) => `${name} has root's number`),
  ]);
};
