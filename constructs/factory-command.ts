/** Provisioners that call the factory's own command line: work of the deploying side at a resource's create or destroy. */
import type { LocalExecProvisioner } from "cdktf";

export interface FactoryCommandProps {
  /** The repository's root: where the command runs. */
  readonly root: string;
  /** Words after `factory internal`; never a secret, they are seen in the process list. */
  readonly words: readonly string[];
  /** Run when the resource is destroyed; its words may then refer to nothing but `self`. @default false */
  readonly whenDestroyed?: boolean;
}

const WORD = /^[A-Za-z0-9._=:/@-]+$/;

/** The command goes through a shell: a word is a plain one, a Terraform reference (ids and names of ours), or refused. */
function shellWord(word: string): string {
  if (word.includes("${")) return `'${word}'`;
  if (!WORD.test(word)) throw new Error(`factory-command: "${word}" cannot stand in a command line`);
  return word;
}

export function factoryCommand({ root, words, whenDestroyed = false }: FactoryCommandProps): LocalExecProvisioner {
  return {
    type: "local-exec",
    command: ["node", "bin/factory", "internal", ...words.map(shellWord)].join(" "),
    workingDir: root,
    ...(whenDestroyed && { when: "destroy" as const }),
  };
}
