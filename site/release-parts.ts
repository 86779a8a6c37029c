/** Parts of a page about one release: what it is, where it is, its files, how to check it. */
import {
  artefactObject,
  imageFile,
  type Catalogue,
  type CatalogueImage,
  type Release,
  type ReleaseCopy,
} from "../model/catalogue";
import { fileGroups, hasFile } from "./files";
import { html, nothing, type Content, type Html } from "./html";
import { facts, snippet, table } from "./layout";
import { PLACES, relative } from "./places";
import { counted, fingerprintText, minute, sizeText } from "./text";
import { checks } from "./verify";

export interface Shown {
  /** Name of the page's object. */
  readonly at: string;
  readonly catalogue: Catalogue;
  readonly image: CatalogueImage;
  readonly release: Release;
}

const link = (shown: Shown, path: string, text: Content = path): Html =>
  html`<a href="${relative(shown.at, artefactObject(shown.image.name, shown.release.build, path))}">${text}</a>`;

/** A state as a word; its colour only repeats it. */
export function stateText(state: Release["state"]): Html {
  const kind = { current: "good", previous: "idle", older: "idle", revoked: "bad" }[state];
  return html`<b class="${kind}">${state}</b>`;
}

export function revocation({ revoked, build }: Release, link?: string): Html {
  if (!revoked) return nothing;
  const { at, reason, builtOn } = revoked;
  const name = link === undefined ? build : html`<a href="${link}">${build}</a>`;
  return html`<div class="note bad">
    <p><b>Revoked</b> <time datetime="${at}">${minute(at)}</time>: ${name}. Do not use it.</p>
    <p>${reason}</p>
    ${builtOn.length > 0 && html`<p>Images that were built on it: ${builtOn.join(", ")}.</p>`}
  </div>`;
}

export function releaseFacts(shown: Shown): Html {
  const { release, image } = shown;
  const { tests, packages, size, virtualSize, minDiskGiB, minRamMiB } = release;
  const checked = `${tests.passed} passed${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ""}`;
  const named = "packages.txt";
  return facts([
    ["Build", html`<code>${release.build}</code>`],
    ["Name in OpenStack", html`<code>${release.name}</code>`],
    ["Released", html`<time datetime="${release.released}">${minute(release.released)}</time>`],
    ["Patches up to", html`<time datetime="${release.patchedUntil}">${minute(release.patchedUntil)}</time>`],
    ["Architecture", image.architecture],
    ["Log in as", image.user !== undefined && html`<code>${image.user}</code>`],
    [
      "Image file",
      `${sizeText(size)}, ${release.format}${hasFile(release, imageFile(release)) ? "" : ", kept no longer"}`,
    ],
    ["Disk in it", sizeText(virtualSize)],
    ["Needs at least", `${minDiskGiB} GiB disk, ${minRamMiB} MiB memory`],
    ["Checks", hasFile(release, "test/report.html") ? link(shown, "test/report.html", checked) : checked],
    ["Packages", hasFile(release, named) ? link(shown, named, packages) : packages],
    ["Recipe", html`commit <code>${release.commit.slice(0, 12)}</code>`],
  ]);
}

const COPY_STATES: Readonly<Record<ReleaseCopy["status"], (copy: ReleaseCopy) => Html>> = {
  active: ({ hidden, visibility }) => html`${visibility}${hidden && ", hidden"}`,
  deactivated: () => html`<b class="bad">deactivated</b>`,
  pending: () => html`<b class="warn">being withdrawn</b>, the region has not answered yet`,
};

function signatureText({ status, signed }: ReleaseCopy): string {
  if (status !== "active") return "–";
  return signed ? "can be verified at boot" : "not for others to verify";
}

/** Where it is in OpenStack. */
export function copies(shown: Shown): Html {
  const { release, at } = shown;
  if (release.copies.length === 0) return html`<p>No region has it any more.</p>`;
  const rows = release.copies.map((copy) => {
    const { region, imageId, hash } = copy;
    const same = hash.value === release.sha512 || hash.value === release.sha256;
    return html`<tr>
      <th scope="row"><a href="${relative(at, PLACES.region(region))}">${region}</a></th>
      <td><code>${imageId}</code></td>
      <td>${COPY_STATES[copy.status](copy)}</td>
      <td>${signatureText(copy)}</td>
      <td>${same ? "the file below" : html`<code class="hash">${hash.algorithm}:${hash.value}</code>`}</td>
    </tr> `;
  });
  return table(`${release.name} in OpenStack`, ["Region", "Image id", "State", "Signature", "Bytes"], rows, "ids");
}

export function downloads(shown: Shown): Html {
  const { release } = shown;
  const groups = fileGroups(release.artefacts);
  if (groups.length === 0) return html`<p>Its files are kept no longer.</p>`;
  const isThere = hasFile(release, imageFile(release));
  return html`${!isThere && html`<p>The image file is kept no longer. What it was and how it was made stays here.</p>`}
    <div class="files">
      ${groups.map(
        ({ title, files }) =>
          html`<section>
            <h3>${title}</h3>
            <ul>
              ${files.map(({ path, size }) => html`<li>${link(shown, path)} <small>${sizeText(size)}</small></li>`)}
            </ul>
          </section>`,
      )}
    </div>
    <dl class="hashes">
      <div>
        <dt>SHA-256</dt>
        <dd><code class="hash">${release.sha256}</code></dd>
      </div>
      <div>
        <dt>SHA-512</dt>
        <dd><code class="hash">${release.sha512}</code></dd>
      </div>
    </dl>`;
}

export function verification(shown: Shown): Html {
  const { catalogue, image, release, at } = shown;
  // who checks means to use it
  const all = release.state === "revoked" ? [] : checks(catalogue, image, release);
  if (all.length === 0) return nothing;
  return html`<section aria-labelledby="verify">
    <h2 id="verify">Verify</h2>
    <p>
      Each block ends with PASSED, or with FAILED at the first thing that is wrong. Compare the fingerprints once with
      what you were told by another way than this page (<a href="${relative(at, PLACES.trust)}">more about that</a>).
    </p>
    ${facts([
      ["Publisher's key", html`<code>${fingerprintText(catalogue.keys.publisher.fingerprint)}</code>`],
      ["Build key", html`<code>${fingerprintText(release.signedBy)}</code>`],
    ])}
    ${all.map(
      ({ id, title, why, commands }) =>
        html`<h3 id="verify-${id}">${title}</h3>
          <p>${why}</p>
          ${snippet(commands, `verify-${id}`)}`,
    )}
  </section>`;
}

export function properties(release: Release): Html {
  const entries = Object.entries(release.properties).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return nothing;
  const rows = entries.map(
    ([name, value]) =>
      html`<tr>
        <th scope="row"><code>${name}</code></th>
        <td>${value}</td>
      </tr> `,
  );
  return html`<section aria-labelledby="properties">
    <h2 id="properties">Properties</h2>
    <details>
      <summary>${counted(entries.length, "property", "properties")} in Glance</summary>
      ${table("Properties in Glance", ["Property", "Value"], rows, "properties")}
    </details>
  </section>`;
}
