/** HTML in template strings: whatever is put in is escaped, except HTML that was made the same way. */
import { escapeMarkup } from "../model/markup";

export class Html {
  constructor(readonly text: string) {}
}

/** `undefined` and `false` show nothing, the parts of a list follow each other. */
export type Content = Html | string | number | false | undefined | readonly Content[];

/** Attributes that hold something stand in double quotes: that is what escaping keeps whole. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(markupOf(strings).reduce((text, part, index) => `${text}${shown(values[index - 1])}${part}`));
}

const MARKUP = new WeakMap<TemplateStringsArray, readonly string[]>();

/** A template's own markup, without the indentation that is there for who reads the source. */
function markupOf(strings: TemplateStringsArray): readonly string[] {
  const known = MARKUP.get(strings) ?? strings.map((part) => part.replace(/\s*\n\s*/g, "\n"));
  MARKUP.set(strings, known);
  return known;
}

function shown(value: Content): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(shown).join("");
  return escapeMarkup(String(value));
}

/** Nothing at all. */
export const nothing = html``;
