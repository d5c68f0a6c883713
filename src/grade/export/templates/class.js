"use strict";
const rows = () => [...document.querySelectorAll("#class tbody tr")];
for (const head of document.querySelectorAll("#class tr.heads th")) {
  head.querySelector("button").addEventListener("click", () => {
    const heads = [...head.parentNode.children];
    const at = heads.indexOf(head);
    const number = head.dataset.kind === "number";
    const first = number ? "descending" : "ascending";
    const other = number ? "ascending" : "descending";
    const order = head.getAttribute("aria-sort") === first ? other : first;
    for (const one of heads) one.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order);
    const value = (row) => {
      const cell = row.children[at];
      return number ? Number(cell.dataset.v ?? -2) : cell.textContent;
    };
    const sorted = rows().map((row) => [value(row), row]);
    sorted.sort(([a], [b]) => (number ? a - b : a.localeCompare(b)));
    if (order === "descending") sorted.reverse();
    document.querySelector("#class tbody").append(...sorted.map(([, row]) => row));
  });
}
const search = document.getElementById("search");
const filter = document.getElementById("filter");
const show = () => {
  const wanted = search.value.trim().toLowerCase();
  let count = 0;
  for (const row of rows()) {
    const fits = row.children[0].textContent.toLowerCase().includes(wanted);
    const is = !filter.value || (row.dataset.is ?? "").split(" ").includes(filter.value);
    row.hidden = !(fits && is);
    if (!row.hidden) count += 1;
  }
  document.getElementById("count").textContent = String(count);
};
search.addEventListener("input", show);
filter.addEventListener("change", show);
document.getElementById("export").addEventListener("click", () => {
  // A spreadsheet takes a cell that starts like this for a formula.
  const cell = (text) => `"${(/^[=+\-@\t\r]/.test(text) ? "'" + text : text).replaceAll('"', '""')}"`;
  const line = (row) => [...row.children].map((one) => cell(one.textContent)).join(",");
  const heads = document.querySelector("#class tr.heads");
  const text = [heads, ...rows().filter((row) => !row.hidden)].map(line).join("\r\n") + "\r\n";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = "grades.csv";
  link.click();
  URL.revokeObjectURL(link.href);
});
