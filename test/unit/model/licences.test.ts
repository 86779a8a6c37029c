import { licencesIn } from "../../../model/licences";

const FORMAT = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n";

test("licences of a machine-readable file, in SPDX's words, each once and in order", () => {
  const file = `${FORMAT}Upstream-Name: x

Files: *
Copyright: 2020 Somebody
License: GPL-2+ or Artistic

Files: debian/*
License: GPL-2+

License: GPL-2+
 On Debian systems the text is in /usr/share/common-licenses.
`;
  expect(licencesIn(file)).toEqual([{ id: "Artistic-1.0-Perl" }, { id: "GPL-2.0-or-later" }]);
});

test("a name that SPDX does not know stays as it is, with its exception", () => {
  const file = `${FORMAT}\nFiles: *\nLicense: GPL-3+ with Bison exception, and/or Expat, public-domain\n`;
  expect(licencesIn(file)).toEqual([{ name: "GPL-3+ with Bison exception" }, { id: "MIT" }, { name: "public-domain" }]);
});

test("prose is no licence, whatever lines it has", () => {
  expect(licencesIn("This package was debianised by Somebody.\nLicense: see below\n")).toEqual([]);
});
