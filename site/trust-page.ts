/** Whose keys these are, what the words mean, and what machines read. */
import type { Catalogue, OpenPgpKey } from "../model/catalogue";
import { CATALOGUE } from "../model/catalogue";
import { html, type Html } from "./html";
import { crumbs } from "./image-page";
import { facts, page, snippet } from "./layout";
import { PLACES, relative } from "./places";
import { signatureOf, type SiteFile } from "./site-file";
import { fingerprintText } from "./text";
import { SIGNED_INDEX } from "./simplestreams";

export function trustPage(catalogue: Catalogue): SiteFile {
  const at = PLACES.trust;
  const to = (object: string): string => relative(at, object);
  const { keys, factory, address } = catalogue;
  const body = html`${crumbs(at)}
    <h1>Trust and feeds</h1>
    <p class="lead">
      Keys stand behind every image. Learn their fingerprints by another way than this page: from the operator's
      contract, by telephone, on paper.
    </p>
    <section aria-labelledby="keys">
      <h2 id="keys">Keys</h2>
      ${key("Publisher", "signs what is published: sums, this catalogue, the simplestreams index", keys.publisher, to)}
      ${key("Builds", "signs each artefact of a build", keys.builds, to)} ${keys.image && imageKey(keys.image, to)}
    </section>
    <section aria-labelledby="making">
      <h2 id="making">How an image comes to be</h2>
      <ul>
        <li>
          It is built from a recipe at one commit, on a machine made for that build alone; its provenance names the
          commit, the builder and the package repositories by their hashes.
        </li>
        <li>Its files are audited, and an instance of it is booted, looked into and restarted, before it is signed.</li>
        <li>Its packages are listed with sources and licences, as SPDX and CycloneDX.</li>
        <li>
          Whoever publishes it checks signatures, hashes and tests again, in every region, on what is stored there.
        </li>
      </ul>
    </section>
    <section aria-labelledby="words">
      <h2 id="words">Words</h2>
      <dl class="words">
        <dt>current</dt>
        <dd>The release that is found by the image's name. There is at most one.</dd>
        <dt>previous</dt>
        <dd>The one before, with “prev” after its name: what uses its id goes on working.</dd>
        <dt>older</dt>
        <dd>
          Those before, with a date after their names, hidden from lists; each goes when nothing uses it any more.
        </dd>
        <dt>revoked</dt>
        <dd>Nobody should use it: hidden and deactivated in every region. Its page says why.</dd>
      </dl>
    </section>
    <section aria-labelledby="machines">
      <h2 id="machines">For machines</h2>
      <ul>
        <li><a href="${to(PLACES.feed)}">Atom feed</a> of releases and revocations</li>
        <li>
          <a href="${to(CATALOGUE)}">${CATALOGUE}</a>, signed by
          <a href="${to(signatureOf(CATALOGUE))}">${signatureOf(CATALOGUE)}</a>: everything that these pages say
        </li>
        <li><a href="${to(SIGNED_INDEX)}">simplestreams</a> with the files and the image ids of each region, signed</li>
      </ul>
      <p>Mirror all current images, with the signatures checked:</p>
      ${snippet(`curl --fail --silent --show-error --remote-name ${address}/${keys.publisher.keyring} &&\nsstream-mirror --keyring ./${keys.publisher.keyring.split("/").at(-1) ?? ""} --max 1 ${address}/${SIGNED_INDEX} mirror`, "mirror")}
    </section>`;
  const description = "Fingerprints of the keys, the meaning of states, feeds for machines";
  return page({ at, factory, title: "Trust and feeds", description, body, script: true });
}

function imageKey(
  { sha256, certificate, publicKey }: NonNullable<Catalogue["keys"]["image"]>,
  to: (object: string) => string,
): Html {
  return html`<h3>Image signature</h3>
    <p>The P-384 key whose signature Glance and Nova verify.</p>
    ${facts([
      ["SHA-256 of the certificate", html`<code class="hash">${sha256}</code>`],
      [
        "Files",
        html`<a href="${to(certificate)}">certificate</a
          >${publicKey !== undefined && html`, <a href="${to(publicKey)}">public key</a>`}`,
      ],
    ])}`;
}

function key(
  name: string,
  what: string,
  { fingerprint, key, keyring }: OpenPgpKey,
  to: (object: string) => string,
): Html {
  return html`<h3>${name}</h3>
    <p>OpenPGP; ${what}.</p>
    ${facts([
      ["Fingerprint", html`<code>${fingerprintText(fingerprint)}</code>`],
      ["Files", html`<a href="${to(key)}">key</a>, <a href="${to(keyring)}">keyring for gpgv</a>`],
    ])}`;
}
