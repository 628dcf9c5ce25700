// What the consult page does with a script: sentences put at their fields, changes counted aloud, entries found.
// Without it every button still works, by whole pages.
"use strict";

const byId = (id) => document.getElementById(id);

// ---- after the answers changed -------------------------------------------------------------------------------

const states = () =>
  new Map([...document.querySelectorAll("#results tbody[data-state]")].map((row) => [row.id, row.dataset.state]));

const columns = () => (document.querySelector("#results [data-columns]") || { dataset: {} }).dataset.columns;

let before = new Map();
let columnsBefore = "";
const rows = new Map();

function announce() {
  const now = states();
  // With a column more or less nothing is said to have changed: the answers are the same.
  const same = columns() === columnsBefore;
  const changed = [...now].filter(([id, state]) => same && before.get(id) !== state).map(([id]) => id);
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
  columnsBefore = columns();
  for (const id of ["pregnancies", "results-table"]) rows.set(id, byId(id).querySelectorAll("fieldset").length);
});
document.addEventListener("htmx:after:swap", (event) => {
  const table = event.detail.ctx.target.id;
  if (table === "pregnancies" || table === "results-table") {
    toRows(byId(table));
    return;
  }
  // Boxes that were ticked by hand stay so through a swap: none is, where the last guideline was not left out.
  if (document.querySelector("[data-all-left-out]")) {
    document.querySelectorAll("[name=without]").forEach((box) => { box.checked = false; });
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

// ---- leaving the page: a patient is in the form and nowhere else --------------------------------------------------

const patientForm = byId("patient");

const written = () =>
  [...new FormData(patientForm)]
    .filter(([name, text]) => /^(fact|stated|pregnancy|result)\.|^(as_of|title|pregnancies_\w+)$/.test(name) && text !== "")
    .map(([name, text]) => `${name}=${text}`).join("\n");

// An example that was only looked at is not lost by leaving it.
const untouched = patientForm && location.search ? written() : "";
const wouldLose = () => !["", untouched].includes(written());
let mayLeave = false;

if (patientForm) {
  patientForm.addEventListener("submit", () => { mayLeave = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!mayLeave && wouldLose()) event.preventDefault();
    mayLeave = false;
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("a[data-clears]") || !wouldLose()) return;
    mayLeave = window.confirm(patientForm.dataset.ask);
    if (!mayLeave) event.preventDefault();
  });
  // On a small screen the groups that are filled would stand before the first answer.
  if (matchMedia("(max-width: 63.99rem)").matches) {
    document.querySelectorAll("details.group").forEach((group) => { group.open = false; });
  }
}

// ---- Escape closes the cell in which one is -----------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  const row = event.target.closest("#results tbody");
  const within = event.target.closest(".inside");
  const button = within ? within.querySelector("button[name=close]") : row && event.target.closest("button[name=close]");
  if (!button) return;
  byId("c-" + button.value.replace(/[/:]/g, "-")).focus();
  button.click();
});

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
  // Two or three Latin letters are an abbreviation: they begin a word, and are not looked for inside of one.
  const short = /^[a-z]{1,3}$/.test(wanted) && new RegExp(`(^|[^a-z])${wanted}`);
  const holds = (words) => (short ? short.test(words) : words.includes(wanted));
  let count = 0;
  for (const field of document.querySelectorAll(".field[data-words]")) {
    field.hidden = wanted !== "" && !holds(field.dataset.words + " " + field.textContent.toLowerCase());
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
  byId("file").addEventListener("change", ({ target }) => {
    const tooLarge = target.files.length > 0 && target.files[0].size > Number(target.dataset.most);
    byId("file-note").textContent = tooLarge ? target.dataset.tooLarge : "";
    if (tooLarge) target.value = "";
  });
}
