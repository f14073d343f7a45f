// Finding, sorting and unfolding; the page can be read without.
(() => {
  "use strict";
  const all = (chosen, below = document) => [...below.querySelectorAll(chosen)];
  const vietnamese = document.documentElement.lang === "vi";
  const [find, state, found, unfold] = ["find", "state", "found", "unfold"].map((id) => document.getElementById(id));
  const units = all(".u");

  // Without marks, so that plain letters find their Vietnamese spelling.
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[\u0111\u0110]/g, "d").toLowerCase();
  const nameOf = (unit) => (unit.querySelector("th a, .who") || unit.querySelector("th")).textContent;
  const names = new Map(units.map((unit) => [unit, plain(nameOf(unit))]));

  const filter = () => {
    const wanted = plain(find.value.trim());
    const shown = new Set();
    for (const unit of units) {
      const right = names.get(unit).includes(wanted) && (!state.value || !unit.dataset.state || unit.dataset.state === state.value);
      unit.hidden = !right;
      if (right && unit.dataset.state) shown.add(unit);
    }
    found.textContent = wanted || state.value ? found.dataset.words.replace("{n}", shown.size) : "";
  };
  find.addEventListener("input", filter);
  state.addEventListener("change", filter);

  if (unfold) {
    unfold.addEventListener("click", () => {
      const open = unfold.getAttribute("aria-pressed") !== "true";
      unfold.setAttribute("aria-pressed", open);
      for (const each of all("details")) each.open = open;
    });
  }

  const number = (text) => parseFloat(vietnamese ? text.replace(/\./g, "").replace(",", ".") : text.replace(/,/g, ""));
  const letters = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const sort = (heading) => {
    const table = heading.closest("table");
    const by = heading.dataset.by;
    const before = heading.getAttribute("aria-sort");
    const down = before ? before === "ascending" : by === "d";
    for (const each of all("[aria-sort]", table)) each.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => {
      const text = row.cells[heading.cellIndex].textContent.trim();
      return by === "w" ? text.split(/[ /]/).reverse().join(" ") : text; // year, month, day, time
    };
    const numeric = by === "n" || by === "d";
    const blank = (text) => (numeric ? Number.isNaN(number(text)) : !text);
    for (const body of table.tBodies) {
      const rows = all("tr.u", body).map((row) => [key(row), row]);
      rows.sort(([a], [b]) => {
        if (blank(a) || blank(b)) return blank(a) - blank(b);
        const order = numeric ? number(a) - number(b) : letters.compare(a, b);
        return down ? -order : order;
      });
      body.append(...rows.map(([, row]) => row));
    }
  };
  for (const heading of all(".sortable th[data-by]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sort(heading));
    heading.append(button);
  }

  const unfoldTarget = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  addEventListener("hashchange", unfoldTarget);
  unfoldTarget();
  document.getElementById("tools").hidden = false;
})();
