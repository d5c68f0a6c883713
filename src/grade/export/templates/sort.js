"use strict";
for (const head of document.querySelectorAll("#class thead th")) {
  head.querySelector("button").addEventListener("click", () => {
    const heads = [...head.parentNode.children];
    const at = heads.indexOf(head);
    const number = head.dataset.kind === "number";
    const first = number ? "descending" : "ascending";
    const other = number ? "ascending" : "descending";
    const order = head.getAttribute("aria-sort") === first ? other : first;
    for (const one of heads) one.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order);
    const body = document.querySelector("#class tbody");
    const value = (row) => {
      const cell = row.children[at];
      return number ? Number(cell.dataset.v ?? -2) : cell.textContent;
    };
    const rows = [...body.rows].map((row) => [value(row), row]);
    rows.sort(([a], [b]) => (number ? a - b : a.localeCompare(b)));
    if (order === "descending") rows.reverse();
    body.append(...rows.map(([, row]) => row));
  });
}
