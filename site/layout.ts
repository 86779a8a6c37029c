/** What all pages have around them. */
import { html, type Content, type Html } from "./html";
import { PLACES, relative } from "./places";
import type { SiteFile } from "./site-file";

export interface Page {
  /** Its object's name. */
  readonly at: string;
  readonly factory: string;
  /** The first part of what the browser's tab says. */
  readonly title: string;
  /** One line for search engines and previews. */
  readonly description: string;
  readonly body: Html;
  /** Whether it has a list to search in, or commands to copy. */
  readonly script?: boolean;
}

const NAVIGATION = [
  [PLACES.index, "Images"],
  [PLACES.trust, "Trust and feeds"],
] as const;

/** A whole page. */
export function page({ at, factory, title, description, body, script = false }: Page): SiteFile {
  const to = (object: string): string => relative(at, object);
  const text = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · ${factory}</title>
        <meta name="description" content="${description}" />
        <meta name="color-scheme" content="light dark" />
        <link rel="stylesheet" href="${to(PLACES.style)}" />
        <link rel="icon" type="image/svg+xml" href="${to(PLACES.icon)}" />
        <link rel="alternate" type="application/atom+xml" title="Releases" href="${to(PLACES.feed)}" />
        ${script && html`<script src="${to(PLACES.script)}" defer></script> `}
      </head>
      <body>
        <a class="skip" href="#main">To the content</a>
        <header class="site">
          <div>
            <a class="home" href="${to(PLACES.index)}"><span class="mark" aria-hidden="true"></span>${factory}</a>
            <nav aria-label="Site">
              <ul>
                ${NAVIGATION.map(
                  ([object, name]) =>
                    html`<li><a href="${to(object)}" ${at === object && html` aria-current="page"`}>${name}</a></li>`,
                )}
              </ul>
            </nav>
          </div>
        </header>
        <main id="main">${body}</main>
        <footer class="site">
          <div>
            <p>
              <a href="${to(PLACES.trust)}">How images are made and checked</a> ·
              <a href="${to(PLACES.feed)}">Atom feed</a> · <a href="${to(PLACES.streams)}">simplestreams</a> ·
              <a href="${to("catalogue.json")}">catalogue.json</a>
            </p>
          </div>
        </footer>
      </body>
    </html> `;
  return { content: text.text, type: "text/html; charset=utf-8" };
}

/** Names and what they stand for. Pairs without a value are left out. */
export function facts(pairs: readonly (readonly [string, Content])[]): Html {
  const shown = pairs.filter(([, value]) => value !== undefined && value !== "" && value !== false);
  return html`<dl class="facts">
    ${shown.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** Text to copy into a shell or a file. */
export function snippet(text: string, kind: string): Html {
  return html`<pre class="copy" data-kind="${kind}" tabindex="0"><code>${text}</code></pre>`;
}

/** A table that scrolls by itself where it is too wide. */
export function table(caption: string, heads: readonly string[], rows: readonly Html[], kind = ""): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table class="${kind}">
      <caption class="quiet">
        ${caption}
      </caption>
      ${tableBody(heads, rows)}
    </table>
  </div>`;
}

/** What is in a table below its caption. */
export function tableBody(heads: readonly string[], rows: readonly Html[]): Html {
  return html`<thead>
      <tr>
        ${heads.map((head) => html`<th scope="col">${head}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>`;
}
