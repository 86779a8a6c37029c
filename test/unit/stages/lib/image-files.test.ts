import { parseDpkg, packagesText } from "../../../../stages/lib/packages";
import { rootSlice } from "../../../../stages/lib/partitions";
import { safeImageInfo } from "../../../../stages/lib/qemu-img";
import { countEntries } from "../../../../stages/hashdeep";

describe("the root file system's place", () => {
  const table = (partitions: unknown, sectorsize = 512): string =>
    JSON.stringify({ partitiontable: { label: "gpt", unit: "sectors", sectorsize, partitions } });

  test("is the largest partition's, in bytes", () => {
    const partitions = [
      { node: "i1", start: 2048, size: 16384, type: "21686148-6449-6E6F-744E-656564454649" },
      { node: "i2", start: 18432, size: 4000000, type: "0FC63DAF-8483-4772-8E79-3D69D8477DE4" },
    ];
    expect(rootSlice(table(partitions))).toEqual({ offset: 18432 * 512, size: 4000000 * 512 });
  });

  test("counts in the disk's own sectors", () => {
    expect(rootSlice(table([{ node: "i1", start: 256, size: 1000, type: "83" }], 4096))).toEqual({
      offset: 1048576,
      size: 4096000,
    });
  });

  test("is an error where there is none", () => {
    expect(() => rootSlice(table([]))).toThrow("the image has no partition");
  });
});

describe("an image's safety", () => {
  const info = { filename: "i.qcow2", format: "qcow2", "virtual-size": 1000, "format-specific": { data: {} } };

  test("format and size of one that stands alone", () => {
    expect(safeImageInfo(JSON.stringify(info), "i.qcow2")).toEqual({ format: "qcow2", virtualSize: 1000 });
  });

  test.each([
    { "backing-filename": "/etc/shadow" },
    { "full-backing-filename": "/etc/shadow" },
    { "format-specific": { data: { "data-file": "/dev/sda" } } },
  ])("one that refers to another file is refused: %j", (bad) => {
    expect(() => safeImageInfo(JSON.stringify({ ...info, ...bad }), "i.qcow2")).toThrow(
      /i\.qcow2: refers to another file \(\/(etc\/shadow|dev\/sda)\)/,
    );
  });
});

test("the package list is sorted by bytes and holds what is installed only", () => {
  const text =
    "zlib1g\t1\tamd64\tinstalled\nold\t1\tall\tconfig-files\nlibc6\t2\tamd64\tinstalled\nlibc-bin\t2\tamd64\tinstalled\n";
  expect(packagesText(parseDpkg(text))).toBe("libc-bin\t2\tamd64\nlibc6\t2\tamd64\nzlib1g\t1\tamd64\n");
});

test("entries of a hash set are counted without its header", () => {
  const list =
    "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## Invoked from: /x\n##\n12,aa,bb,./a\n0,aa,bb,./b,c\n";
  expect(countEntries(list)).toBe(2);
});
