/** What is in an image's current release, with search. */
import type { Catalogue, CatalogueImage, Release } from "../model/catalogue";
import { artefactObject } from "../model/catalogue";
import type { ListedPackage } from "./details";
import { hasFile } from "./files";
import { html, type Html } from "./html";
import { crumbs } from "./image-page";
import { page } from "./layout";
import { PLACES, relative } from "./places";
import type { SiteFile } from "./site-file";
import { counted } from "./text";

export interface PackagesOf {
  readonly image: CatalogueImage;
  readonly release: Release;
  readonly packages: readonly ListedPackage[];
}

const FILES = [
  ["packages.txt", "as text"],
  ["packages.json", "as JSON"],
  ["sbom.spdx.json", "SPDX"],
  ["sbom.cdx.json", "CycloneDX"],
] as const;

export function packagesPage({ factory }: Catalogue, { image, release, packages }: PackagesOf): SiteFile {
  const at = PLACES.packages(image.name);
  const files = FILES.filter(([path]) => hasFile(release, path));
  const title = `Packages of ${image.title}`;
  const links = files.map(
    ([path, text]) =>
      html`<li><a href="${relative(at, artefactObject(image.name, release.build, path))}">${text}</a></li>`,
  );
  const body = html`${crumbs(at, image)}
    <h1>${title}</h1>
    <p class="lead">${counted(packages.length, "package")} in <code>${release.build}</code></p>
    <div class="tools">
      <form class="search" role="search" data-search="packages" hidden>
        <label>Search <input type="search" autocomplete="off" placeholder="openssl, ^linux …" /></label>
      </form>
      <nav aria-label="Files">
        <ul class="chips">
          ${links}
        </ul>
      </nav>
    </div>
    <p class="found quiet" role="status"></p>
    <section class="group">
      <table class="packages">
        <caption class="quiet">
          Installed packages
        </caption>
        <thead>
          <tr>
            <th scope="col">Package</th>
            <th scope="col">Version</th>
          </tr>
        </thead>
        <tbody>
          ${rows(packages)}
        </tbody>
      </table>
    </section>`;
  return page({ at, factory, title, description: `${title}: names and versions`, body, script: true });
}

/** A name that several architectures have says which one it is. */
function rows(packages: readonly ListedPackage[]): readonly Html[] {
  const times = new Map<string, number>();
  for (const { name } of packages) times.set(name, (times.get(name) ?? 0) + 1);
  return packages.map(({ name, version, architecture }) => {
    const full = (times.get(name) ?? 0) > 1 ? `${name}:${architecture}` : name;
    return html`<tr>
      <td>${full}</td>
      <td>${version}</td>
    </tr> `;
  });
}
