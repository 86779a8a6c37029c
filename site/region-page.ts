/** A region's page: the ids that are current there. */
import { currentRelease, type Catalogue, type CatalogueRegion } from "../model/catalogue";
import { html } from "./html";
import { crumbs } from "./image-page";
import { facts, page, table } from "./layout";
import { PLACES, relative } from "./places";
import type { SiteFile } from "./site-file";

export function regionPage(catalogue: Catalogue, region: CatalogueRegion): SiteFile {
  const at = PLACES.region(region.name);
  const rows = catalogue.images.flatMap((image) => {
    const release = currentRelease(image);
    return (release?.copies ?? [])
      .filter((copy) => copy.region === region.name)
      .map(
        ({ imageId, visibility }) =>
          html`<tr>
            <th scope="row"><a href="${relative(at, PLACES.image(image.name))}">${image.title}</a></th>
            <td><code>${imageId}</code></td>
            <td>${visibility}</td>
          </tr> `,
      );
  });
  const title = `Region ${region.name}`;
  const body = html`${crumbs(at)}
    <h1>${title}</h1>
    <p class="lead">Ids change with every release; look images up by name where you can.</p>
    ${facts([
      ["OpenStack's name", html`<code>${region.region}</code>`],
      ["Identity service", region.authUrl !== undefined && html`<code>${region.authUrl}</code>`],
      ["Owner of the images", region.owner !== undefined && html`<code>${region.owner}</code>`],
    ])}
    ${rows.length === 0 ? html`<p>No image is here at present.</p>` : table(`Current images in ${region.name}`, ["Image", "Image id", "Visibility"], rows, "ids")}`;
  return page({ at, factory: catalogue.factory, title, description: `Ids of current images in ${region.name}`, body });
}
