// What the consult page does with a script: sentences put at their fields, changes counted aloud, entries found.
// Without it every button still works, by whole pages.
"use strict";

const byId = (id) => document.getElementById(id);

// ---- after the answers changed -------------------------------------------------------------------------------

const states = () =>
  new Map([...document.querySelectorAll("#results tbody[data-state]")].map((row) => [row.id, row.dataset.state]));

let before = new Map();
const rows = new Map();

function announce() {
  const now = states();
  const changed = [...now].filter(([id, state]) => before.get(id) !== state).map(([id]) => id);
  const { none, one, many, wrong } = byId("said").dataset;
  const words = changed.length === 0 ? none : changed.length === 1 ? one : many.replace("{count}", changed.length);
  byId("said").textContent = "wrong" in byId("results").dataset ? wrong : words;
  document.querySelectorAll("tbody.changed").forEach((row) => row.classList.remove("changed"));
  changed.filter((id) => before.has(id)).forEach((id) => byId(id).classList.add("changed"));
}

function noteFields() {
  const found = new Map();
  for (const note of document.querySelectorAll("#notes > li")) {
    found.set(note.dataset.field, [...(found.get(note.dataset.field) || []), note]);
  }
  for (const place of document.querySelectorAll("p.note")) {
    const notes = found.get(place.id.slice(2)) || [];
    place.hidden = notes.length === 0;
    place.replaceChildren(...notes.map((note) => {
      const span = document.createElement("span");
      span.className = note.dataset.kind;
      span.textContent = note.textContent;
      return span;
    }));
    const wrong = notes.some((note) => note.dataset.kind === "wrong");
    const input = place.parentElement.querySelector("input[type=text]");
    if (input && wrong) input.setAttribute("aria-invalid", "true");
    else if (input) input.removeAttribute("aria-invalid");
  }
}

function countGroups() {
  for (const group of document.querySelectorAll("details.group")) {
    const tag = group.querySelector("summary .count");
    if (!tag) continue;
    const known = [...group.querySelectorAll(".field")].filter(isFilled).length;
    tag.textContent = known;
    tag.hidden = known === 0;
  }
}

const isFilled = (field) =>
  [...field.querySelectorAll("[name^='fact.'], [name^='stated.']")]
    .some((input) => input.value !== "" && (input.type !== "radio" || input.checked));

// A request that waited for another one is sent with what stands in the form now, open cells too.
document.addEventListener("htmx:before:request", (event) => {
  const { sourceElement, request } = event.detail.ctx;
  if (sourceElement.id === "patient") request.body = new URLSearchParams(new FormData(sourceElement));
});

document.addEventListener("htmx:before:swap", () => {
  before = states();
  for (const id of ["pregnancies", "results-table"]) rows.set(id, byId(id).querySelectorAll("fieldset").length);
});
document.addEventListener("htmx:after:swap", (event) => {
  const table = event.detail.ctx.target.id;
  if (table === "pregnancies" || table === "results-table") {
    toRows(byId(table));
    return;
  }
  announce();
  noteFields();
  countGroups();
});

// To the new row, or to the button after those that are left; then the answers are brought up to date.
function toRows(table) {
  const added = table.querySelectorAll("fieldset").length > rows.get(table.id);
  table.querySelector(added ? "fieldset:last-of-type :is(input, select)" : "button[name=add]").focus();
  document.body.dispatchEvent(new CustomEvent("patient-changed"));
}
document.addEventListener("htmx:error", () => { byId("said").textContent = byId("said").dataset.failed; });

// ---- to a field, and finding one ---------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-jump]");
  const field = link && byId(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  find("");
  for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  const checked = field.type === "radio" && field.closest(".segments").querySelector("input:checked");
  (checked || field).focus();
  field.closest(".field, .cell-field").scrollIntoView({ block: "center" });
});

function find(text) {
  const wanted = text.trim().toLowerCase();
  let count = 0;
  for (const field of document.querySelectorAll(".field[data-words]")) {
    field.hidden = wanted !== "" && !(field.dataset.words + " " + field.textContent.toLowerCase()).includes(wanted);
    count += field.hidden ? 0 : 1;
  }
  for (const group of document.querySelectorAll("details.group")) {
    const some = group.querySelector(".field[data-words]:not([hidden])");
    group.hidden = wanted !== "" && !some;
    if (wanted !== "" && some) group.open = true;
  }
  byId("found").textContent = count === 0 ? byId("found").dataset.none : "";
  byId("search").value = text;
}

const search = byId("search");
if (search) {
  search.addEventListener("input", (event) => { event.stopPropagation(); find(search.value); });
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  byId("file").addEventListener("input", (event) => event.stopPropagation());
}
