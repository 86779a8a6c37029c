/** What is new since the release before. */
import type { Changes } from "../model/changes";
import { artefactObject } from "../model/catalogue";
import { hasFile } from "./files";
import { html, type Html } from "./html";
import { table } from "./layout";
import { relative } from "./places";
import type { Shown } from "./release-parts";

/** More rows than this are read better in the file. */
const MOST_ROWS = 150;

/** In numbers, and, where the packages themselves are known, by name. */
export function changesPart(shown: Shown, changes?: Pick<Changes, "packages">): Html {
  const { release, at, image } = shown;
  return html`<section aria-labelledby="changes">
    <h2 id="changes">Changes</h2>
    <p>
      ${changesSentence(release.changes)}${hasFile(release, "changes.md") && html` <a href="${relative(at, artefactObject(image.name, release.build, "changes.md"))}">The whole change log</a>`}
    </p>
    ${release.changes && changes ? byName(changes.packages) : undefined}
  </section>`;
}

/** In numbers. */
export function changesSentence(changes: Shown["release"]["changes"]): Html {
  if (!changes) return html`The first release.`;
  const { updated, added, gone, since } = changes;
  const none = updated + added + gone === 0;
  const numbers = none ? "No package changed" : `${updated} updated, ${added} new, ${gone} gone`;
  return html`${numbers} since <code>${since}</code>.`;
}

function byName({ updated, added, gone }: Changes["packages"]): Html | undefined {
  const rows = [
    ...updated.map(({ name, from, to }) => [name, from, to]),
    ...added.map(({ name, version }) => [name, "new", version]),
    ...gone.map(({ name, version }) => [name, version, "gone"]),
  ];
  if (rows.length === 0) return undefined;
  const shown = rows.slice(0, MOST_ROWS).map(
    ([name = "", from = "", to = ""]) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td><code>${from}</code></td>
        <td><code>${to}</code></td>
      </tr> `,
  );
  const more = rows.length - shown.length;
  return html`${table("Changed packages", ["Package", "From", "To"], shown, "changes")}${more > 0 && html`<p>And ${more} more, in the change log.</p>`}`;
}
