/** An image's page: its current release in full, and its history. */
import {
  artefactObject,
  currentRelease,
  imageFile,
  type Catalogue,
  type CatalogueImage,
  type Release,
} from "../model/catalogue";
import { changesPart, changesSentence } from "./changes-part";
import type { Details } from "./details";
import { hasFile } from "./files";
import { html, nothing, type Content, type Html } from "./html";
import { lastRevoked, whyNone } from "./index-page";
import { facts, page, snippet, table } from "./layout";
import { PLACES, relative } from "./places";
import { copies, downloads, properties, releaseFacts, revocation, stateText, verification } from "./release-parts";
import type { SiteFile } from "./site-file";
import { snippets } from "./snippets";
import { counted, day, distributionText, providedText, sizeText } from "./text";

export function imagePage(catalogue: Catalogue, image: CatalogueImage, details: Details): SiteFile {
  const at = PLACES.image(image.name);
  const release = currentRelease(image);
  const body = html`${crumbs(at)}
    <h1>${image.title}</h1>
    <p class="lead">${image.description}</p>
    ${
      release
        ? about({ at, catalogue, image, release }, details)
        : html`<div class="note bad">
            <p><b>There is no current release</b>: ${whyNone(image)}.</p>
            ${why(at, image)}
          </div>`
    }
    ${imageFacts(image)} ${history(at, image)}`;
  const { factory } = catalogue;
  return page({ at, factory, title: image.title, description: image.description, body, script: true });
}

/** What is said of the release that was revoked last. */
function why(at: string, image: CatalogueImage): Html {
  const gone = lastRevoked(image);
  if (!gone?.revoked) return nothing;
  const { build, artefacts, revoked } = gone;
  const page = artefacts.length === 0 ? `#${build}` : relative(at, PLACES.release(image.name, build));
  return html`<p><a href="${page}">${build}</a>: ${revoked.reason}</p>`;
}

/** The way back. */
export function crumbs(at: string, image?: CatalogueImage): Html {
  return html`<nav aria-label="Where this is" class="crumbs">
    <ol>
      <li><a href="${relative(at, PLACES.index)}">Images</a></li>
      ${image && html`<li><a href="${relative(at, PLACES.image(image.name))}">${image.title}</a></li>`}
    </ol>
  </nav>`;
}

interface Current {
  readonly at: string;
  readonly catalogue: Catalogue;
  readonly image: CatalogueImage;
  readonly release: Release;
}

const SECTIONS = [
  ["use", "Use"],
  ["regions", "Regions"],
  ["downloads", "Downloads"],
  ["verify", "Verify"],
  ["changes", "Changes"],
  ["packages", "Packages"],
  ["properties", "Properties"],
  ["support", "Support"],
  ["history", "History"],
] as const;

function about(current: Current, details: Details): Html {
  const { at, image, release } = current;
  const { packages, changes } = details.get(release.build) ?? {};
  const body = html`<section aria-labelledby="use">
      <h2 id="use">Use</h2>
      <p>These take whatever is current at that moment, by name and properties. An id stays with one release.</p>
      ${snippets(image).map(
        ({ title, kind, text }) =>
          html`<h3>${title}</h3>
            ${snippet(text, `use-${kind}`)}`,
      )}
    </section>
    <section aria-labelledby="regions">
      <h2 id="regions">Regions</h2>
      ${copies(current)}
    </section>
    <section aria-labelledby="downloads">
      <h2 id="downloads">Downloads</h2>
      ${downloads(current)}
    </section>
    ${verification(current)} ${changesPart(current, changes)}
    <section aria-labelledby="packages">
      <h2 id="packages">Packages</h2>
      <p>
        ${packages ? html`<a href="${relative(at, PLACES.packages(image.name))}">${counted(packages.length, "package")}, with search</a>` : counted(release.packages, "package")}.
        The bills of materials are among the <a href="#downloads">downloads</a>.
      </p>
    </section>
    ${properties(release)}`;
  const there = SECTIONS.filter(([id]) => id === "support" || id === "history" || body.text.includes(`id="${id}"`));
  return html`${actions(current)} ${releaseFacts(current)}
    <nav aria-label="On this page">
      <ul class="chips">
        ${there.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
      </ul>
    </nav>
    ${body}`;
}

/** What most come for. */
function actions({ at, image, release }: Current): Html {
  const file = imageFile(release);
  if (!hasFile(release, file)) return nothing;
  const place = relative(at, artefactObject(image.name, release.build, file));
  return html`<p class="actions">
    <a class="button" href="${place}">Download <small>${release.format}, ${sizeText(release.size)}</small></a>
    <a href="#verify">Verify it</a> <a href="#use">Use it in OpenStack</a>
  </p>`;
}

const dates = (from: string | undefined, until: string | undefined): string | undefined =>
  until === undefined ? from && `since ${from}` : `${from === undefined ? "" : `${from} `}to ${until}`;

function imageFacts(image: CatalogueImage): Html {
  const { os, support, contact, certifications, providedUntil, replaceFrequency } = image;
  return html`<section aria-labelledby="support">
    <h2 id="support">Support</h2>
    ${facts([
      ["Operating system", `${distributionText(os.distro)} ${os.version}${os.codename && ` (${os.codename})`}`],
      ["Its distributor's support", dates(support.from, support.until)],
      ["Long-term support", support.longTermUntil && `to ${support.longTermUntil}`],
      ["New images until", providedText(providedUntil)],
      ["How often", replaceFrequency.replaceAll("_", " ")],
      ["Purpose", html`<code>${image.purpose}</code>`],
      ["Help", contact !== undefined && html`<a href="${contact}">${contact.replace(/^(mailto|tel):/, "")}</a>`],
    ])}
    ${certifications.length > 0 && certificationTable(certifications)}
  </section>`;
}

function certificationTable(certifications: CatalogueImage["certifications"]): Html {
  const rows = certifications.map(({ vendor, id, validUntil, evidence }) => {
    const name: Content = evidence === undefined ? id : html`<a href="${evidence}">${id}</a>`;
    return html`<tr>
      <th scope="row">${vendor}</th>
      <td>${name}</td>
      <td>${validUntil ?? "no end"}</td>
    </tr> `;
  });
  return html`<h3>Certified</h3>
    ${table("Certifications", ["Vendor", "Record", "Valid until"], rows)}`;
}

function history(at: string, image: CatalogueImage): Html {
  if (image.releases.length === 0) return nothing;
  const rows = image.releases.map((release) => {
    const { build, state, released, size, changes, revoked } = release;
    const place = PLACES.release(image.name, build);
    const name = release.artefacts.length === 0 ? build : html`<a href="${relative(at, place)}">${build}</a>`;
    return html`<tr id="${build}">
      <th scope="row">${name}</th>
      <td>${stateText(state)}</td>
      <td><time>${day(released)}</time></td>
      <td>${sizeText(size)}</td>
      <td>${revoked ? html`Revoked ${day(revoked.at)}: ${revoked.reason}` : changesSentence(changes)}</td>
    </tr> `;
  });
  return html`<section aria-labelledby="history">
    <h2 id="history">History</h2>
    ${table(`Releases of ${image.title}`, ["Release", "State", "Released", "Size", "Changes"], rows, "history")}
  </section>`;
}

/** Where those go on who have come to a release that is not the current one. */
function whatIsCurrent(at: string, image: CatalogueImage): Html {
  const page = html`<a href="${relative(at, PLACES.image(image.name))}">the image's page</a>`;
  return currentRelease(image) ? html`${page} has what is current` : html`none is current at present, ${page} says why`;
}

/** The page of one release, which stays at its address whatever becomes of it. */
export function releasePage(catalogue: Catalogue, image: CatalogueImage, release: Release): SiteFile {
  const at = PLACES.release(image.name, release.build);
  const shown = { at, catalogue, image, release };
  const title = `${image.title} of ${day(release.released)}`;
  const body = html`${crumbs(at, image)}
    <h1>${title}</h1>
    <p class="lead">${stateText(release.state)}${release.state !== "current" && html`: ${whatIsCurrent(at, image)}`}</p>
    ${revocation(release)} ${releaseFacts(shown)}
    <section aria-labelledby="regions">
      <h2 id="regions">Regions</h2>
      ${copies(shown)}
    </section>
    <section aria-labelledby="downloads">
      <h2 id="downloads">Downloads</h2>
      ${downloads(shown)}
    </section>
    ${verification(shown)} ${changesPart(shown)} ${properties(release)}`;
  const { factory } = catalogue;
  return page({ at, factory, title, description: `${release.build}: ${image.description}`, body, script: true });
}
