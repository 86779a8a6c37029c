import { readFileSync } from "node:fs";
import path from "node:path";
import { IMAGE_CHECKS, INDISPENSABLE } from "../../../model/image-checks";

const text = readFileSync(path.join(__dirname, "..", "..", "..", "docs", "stages.md"), "utf8");

test.each(IMAGE_CHECKS.map((check) => [check.id, check] as const))("check %s of stage 9 is listed", (id, check) => {
  const place = "hygiene" in check ? `${check.place}, hygiene` : check.place;
  expect(text).toContain(`\n| \`${id}\` | ${place} | ${check.name} |\n`);
});

test("those that can't be skipped are told", () => {
  const [last, ...others] = INDISPENSABLE.map((id) => `\`${id}\``).reverse();
  expect(text).toContain(`${others.reverse().join(", ")} and ${last} can't be skipped`);
});
