/**
 * What makes the pages more convenient: search in lists, buttons that copy commands. The pages are complete without.
 * A file of its own: the site allows no script inside of pages.
 */
export const SCRIPT = `"use strict";
(() => {
  const rowsOf = (group) => [...group.querySelectorAll("tbody > tr")];
  const setUp = (form) => {
    const status = document.querySelector(".found");
    // the regions stand in the last column but one, also where an image has no release and cells are joined
    const groups = [...document.querySelectorAll(".group")].map((group) => ({
      group,
      rows: rowsOf(group).map((row) => ({ row, text: row.textContent.trim().toLowerCase(), regions: row.cells[row.cells.length - 2]?.textContent.split(", ") ?? [] })),
    }));
    const input = form.querySelector("input");
    const select = form.querySelector("select");
    const matches = (words, region) => ({ text, regions }) =>
      (region === "" || regions.includes(region)) &&
      words.every((word) => (word.startsWith("^") ? text.startsWith(word.slice(1)) : text.includes(word)));
    const search = () => {
      const words = input.value.toLowerCase().split(/\\s+/).filter((word) => word !== "");
      const region = select?.value ?? "";
      const fits = matches(words, region);
      let count = 0;
      for (const { group, rows } of groups) {
        let here = 0;
        for (const each of rows) {
          const shown = fits(each);
          each.row.hidden = !shown;
          here += shown ? 1 : 0;
        }
        group.hidden = here === 0;
        count += here;
      }
      status.textContent = words.length === 0 && region === "" ? "" : count === 0 ? "Nothing found" : count + " found";
    };
    form.addEventListener("input", search);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
    // what a browser has kept from before
    search();
  };
  const addCopy = (pre) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      const done = await navigator.clipboard.writeText(pre.textContent).then(() => true, () => false);
      button.textContent = done ? "Copied" : "Please copy by hand";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    const box = document.createElement("div");
    box.className = "copybox";
    pre.replaceWith(box);
    box.append(pre, button);
  };
  document.querySelectorAll("form[data-search]").forEach(setUp);
  if (navigator.clipboard) document.querySelectorAll("pre.copy").forEach(addCopy);
})();
`;
