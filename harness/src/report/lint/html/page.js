// Shows the difference of two chosen editions, and what a cell of a grid means.
const data = JSON.parse(document.getElementById("data").textContent);
const [a, b, of] = ["a", "b", "of"].map((id) => document.getElementById(id));
const shown = document.getElementById("difference");

function element(name, text) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  return made;
}

function badges(values) {
  const made = element("td");
  for (const value of values.length ? values : ["none"]) {
    const badge = element("span", value);
    badge.className = "v " + value;
    made.append(badge, " ");
  }
  return made;
}

function showDifference() {
  const [one, other] = [a.selectedIndex, b.selectedIndex];
  const swapped = one > other;
  const groups = data.differences[of.value][Math.min(one, other) + "," + Math.max(one, other)];
  shown.replaceChildren();
  if (one === other) return void shown.append(element("p", "The same edition."));
  if (!groups) return void shown.append(element("p", "They do not both define it."));
  if (!groups.length) return void shown.append(element("p", "No combination differs."));
  const table = element("table");
  const head = element("tr");
  for (const name of [a.value, b.value, "combinations", "such as"]) {
    const heading = element("th", name);
    heading.scope = "col";
    head.append(heading);
  }
  table.append(head);
  for (const [first, second, count, example] of groups) {
    const row = element("tr");
    row.append(badges(swapped ? second : first), badges(swapped ? first : second));
    row.append(element("td", count), element("td", example));
    table.append(row);
  }
  shown.append(table);
}
for (const select of [a, b, of]) select.addEventListener("change", showDifference);

// A link to an edition opens it.
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
}
addEventListener("hashchange", openTarget);
openTarget();

document.addEventListener("mousemove", (event) => {
  const svg = event.target.closest?.("svg.two");
  if (!svg) return;
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  const [column, row] = [Math.floor(at.x), Math.floor(at.y)];
  if (Math.min(row, column) < 0 || Math.max(row, column) >= 35) return;
  const name = (place) => `(${data.ice[place % 7]},${data.dtls[Math.floor(place / 7)]})`;
  const grid = data.grids[svg.dataset.grid];
  const values = grid.values[grid.letters.charCodeAt(row * 35 + column) - 97] || "none";
  svg.parentElement.querySelector("figcaption").textContent = `${name(row)} ${name(column)}: ${values}`;
});
