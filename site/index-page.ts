/** The first page: what there is now, by operating system. */
import { currentRelease, type Catalogue, type CatalogueImage, type Release } from "../model/catalogue";
import { html, type Html } from "./html";
import { page, tableBody } from "./layout";
import { PLACES, relative } from "./places";
import type { SiteFile } from "./site-file";
import { counted, day, distributionText, minute, providedText, sizeText, slug } from "./text";

const to = (object: string): string => relative(PLACES.index, object);

export function indexPage(catalogue: Catalogue): SiteFile {
  const { factory, images, regions, generated } = catalogue;
  const of = (distro: string): readonly CatalogueImage[] => images.filter(({ os }) => os.distro === distro);
  const distros = [...new Set(images.map(({ os }) => os.distro))].sort((a, b) =>
    distributionText(a).localeCompare(distributionText(b), "en"),
  );
  const body = html`<h1>Images</h1>
    <p class="lead">
      ${counted(images.filter((image) => currentRelease(image)).length, "current image")} in
      ${counted(regions.length, "region")}: built from source recipes, tested in a booted machine, signed.
    </p>
    ${images.length === 0 && html`<p>Nothing has been published yet.</p>`}
    <div class="tools">
      <form class="search" role="search" data-search="images" hidden>
        <label>Search <input type="search" autocomplete="off" placeholder="debian, minimal, 24.04 …" /></label>
        <label
          >Region
          <select>
            <option value="">all</option>
            ${regions.map(({ name }) => html`<option>${name}</option>`)}
          </select></label
        >
      </form>
      <nav aria-label="Operating systems">
        <span class="quiet">Systems</span>
        <ul class="chips">
          ${distros.map(
            (distro) =>
              html`<li>
                <a href="#os-${slug(distro)}">${distributionText(distro)} <small>${of(distro).length}</small></a>
              </li>`,
          )}
        </ul>
      </nav>
      <nav aria-label="Regions">
        <span class="quiet">Image ids in</span>
        <ul class="chips">
          ${regions.map(
            ({ name }) =>
              html`<li>
                <a href="${to(PLACES.region(name))}">${name}</a>
              </li>`,
          )}
        </ul>
      </nav>
    </div>
    <p class="found quiet" role="status"></p>
    ${distros.map((distro) => section(distro, of(distro), day(generated)))}
    <p class="quiet asof">As of <time datetime="${generated}">${minute(generated)}</time>.</p>`;
  const description = `Current images of ${factory}, how to verify and use them`;
  return page({ at: PLACES.index, factory, title: "Images", description, body, script: true });
}

function section(distro: string, images: readonly CatalogueImage[], today: string): Html {
  const name = distributionText(distro);
  const heads = ["Image", "Released", "Download", "Regions", "New ones until"];
  return html`<section class="group" aria-labelledby="os-${slug(distro)}">
    <h2 id="os-${slug(distro)}">${name}</h2>
    <table class="images" aria-labelledby="os-${slug(distro)}">
      ${tableBody(
        heads,
        images.map((image) => row(image, today)),
      )}
    </table>
  </section> `;
}

function row(image: CatalogueImage, today: string): Html {
  const { name, title, description, regions, providedUntil } = image;
  const release = currentRelease(image);
  const head = html`<th scope="row">
    <a href="${to(PLACES.image(name))}">${title}</a>
    <p>${description}</p>
  </th>`;
  if (!release)
    return html`<tr>
      ${head}
      <td colspan="2"><b class="bad">none</b> at present: ${whyNone(image)}</td>
      <td>${regions.join(", ")}</td>
      <td>${providedText(providedUntil)}</td>
    </tr> `;
  const ended = providedUntil < today && /^\d/.test(providedUntil);
  return html`<tr>
    ${head}
    <td><time>${day(release.released)}</time></td>
    <td>${sizeText(release.size)}</td>
    <td>${regions.join(", ")}</td>
    <td>${providedText(providedUntil)}${ended && html` <b class="warn">ended</b>`}</td>
  </tr> `;
}

/** The release that was revoked last. */
export function lastRevoked({ releases }: Pick<CatalogueImage, "releases">): Release | undefined {
  const when = ({ revoked }: Release): string => revoked?.at ?? "";
  return releases.filter(({ revoked }) => revoked).sort((a, b) => (when(a) < when(b) ? 1 : -1))[0];
}

/** Why an image has no current release. */
export function whyNone(image: Pick<CatalogueImage, "releases">): string {
  const [last] = image.releases;
  if (!last) return "nothing was released yet";
  const gone = lastRevoked(image);
  if (!gone?.revoked) return "the last release was withdrawn";
  return `${gone === last ? "the last release" : gone.build} was revoked on ${day(gone.revoked.at)}`;
}
