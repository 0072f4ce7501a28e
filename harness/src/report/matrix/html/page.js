// Opens and closes what is above the page, and filters the tables. The page can be read without.
const main = document.querySelector("main");
const form = document.getElementById("filters");
const rows = [...document.querySelectorAll("#matrix tbody tr:not(.folder)")];
let origin = null;

// What the address names, and the sheet that it is in.
function target() {
  const id = decodeURIComponent(location.hash.slice(1));
  return id ? document.getElementById(id) : null;
}

function opened() {
  return target()?.closest(".sheet");
}

// Makes a sheet a dialog, and adds what the page has only once: the reasons of known deviations and
// the links to the specification.
function prepare(sheet) {
  if (sheet.role === "dialog") return;
  sheet.role = "dialog";
  sheet.ariaModal = "true";
  sheet.ariaLabel = sheet.querySelector("h2").textContent;
  sheet.tabIndex = -1;
  for (const link of sheet.querySelectorAll("a.rule")) {
    const spec = document.getElementById(link.getAttribute("href").slice(1))?.querySelector("a.spec");
    if (spec) link.after(", ", spec.cloneNode(true));
  }
  const given = new Set();
  for (const link of sheet.querySelectorAll("a.why")) {
    const id = link.getAttribute("href").slice(1);
    const reason = document.getElementById(id)?.querySelector(".why");
    if (!reason || given.has(id)) continue;
    given.add(id);
    link.after(". ", ...reason.cloneNode(true).childNodes);
  }
}

function show() {
  const sheet = opened();
  main.inert = Boolean(sheet);
  if (sheet) {
    prepare(sheet);
    (target() === sheet ? sheet : target()).focus?.({ preventScroll: target() === sheet });
  } else {
    if (!target()) origin?.focus({ preventScroll: true });
    origin = null;
  }
}

// Nothing has this id, so that nothing is open, and the page stays where it is.
function close() {
  const id = opened().id;
  origin ??= [...main.querySelectorAll("a")].find((link) => link.getAttribute("href") === `#${id}`);
  location.replace("#closed");
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='#']");
  if (!link) return;
  if (link.classList.contains("close")) {
    event.preventDefault();
    close();
  } else if (!opened()) {
    origin = link;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && opened()) return close();
  if (!event.key.startsWith("Arrow")) return;
  const cell = document.activeElement?.closest?.("#matrix td");
  if (!cell) return;
  const row = cell.parentElement;
  const all = rows.filter((one) => !one.hidden);
  const moves = {
    ArrowLeft: [row, -1], ArrowRight: [row, 1],
    ArrowUp: [all[all.indexOf(row) - 1], 0], ArrowDown: [all[all.indexOf(row) + 1], 0],
  };
  const [next, by] = moves[event.key];
  const link = next?.cells[cell.cellIndex + by]?.querySelector("a");
  if (!link) return;
  event.preventDefault();
  link.focus();
});
addEventListener("hashchange", show);
show();

// A row is shown if the text is in it and a shown column has the result and breaks the rule.
function filter() {
  const columns = [...form.querySelectorAll("[name=column]")].map((box) => box.checked);
  const isShown = (place) => columns[place] ?? true;
  const { result, rule } = form;
  const text = form.text.value.trim().toLowerCase();
  for (const table of document.querySelectorAll("table.matrix")) {
    for (const row of table.rows) {
      columns.forEach((checked, place) => { if (row.cells[place + 1]) row.cells[place + 1].hidden = !checked; });
    }
  }
  let shown = 0;
  for (const row of rows) {
    const { folder } = row.parentElement.dataset;
    const matches = [...row.cells].slice(1).some((cell, place) => {
      const link = cell.querySelector("a");
      const broken = (cell.dataset.rules ?? "").split(" ");
      return isShown(place) && (!result.value || link?.classList.contains(result.value))
        && (!rule.value || broken.includes(rule.value));
    });
    row.hidden = !matches || !(folder + "/" + row.textContent).toLowerCase().includes(text);
    shown += row.hidden ? 0 : 1;
  }
  for (const body of document.querySelectorAll("#matrix tbody")) {
    body.hidden = [...body.rows].slice(1).every((row) => row.hidden);
  }
  form.shown.value = `${shown} of ${rows.length} scenarios`;
}
form.hidden = false;
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
filter();
