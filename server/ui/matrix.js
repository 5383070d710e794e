// The matrix of things by attributes: every value leads to its place; gaps and conflicts are in sight.
import { element, icon } from "/dom.js";
import { getJSON } from "/net.js";
import { say, number } from "/speech.js";
import { exports } from "/tables.js";
import { drawGrid } from "/grid.js";
import { chooser, folded, MOST_STATED } from "/chooser.js";
import { head, loaded, searchBox } from "/view.js";

// What the person has chosen stays while the page is open.
const choice = { alike: true, wanted: "", only: "", columns: null, sort: null };
let data = null;

export async function showMatrix(root) {
  const alike = choice.alike;
  const found = await loaded(root, () => getJSON(`/api/corpus/matrix?alike=${alike}`));
  if (!found) return;
  data = indexed(found);
  choice.columns ??= new Set(data.columns.slice(0, MOST_STATED).map((column) => column.name));
  draw(root);
}

// Cells by row and column.
function indexed(found) {
  const cells = found.rows.map(() => new Map());
  for (const cell of found.cells) cells[cell.row].set(cell.column, cell);
  return { ...found, cells, rows: found.rows.map((row, at) => ({ ...row, at })), columns: found.columns.map((column, at) => ({ ...column, at })) };
}

function draw(root) {
  const summary = element("p", { className: "hint", role: "status" });
  const place = element("div", { className: "grid-place" });
  const redraw = () => fill(place, summary);
  const toggles = [toggle("alike", "matrix_alike", () => { choice.columns = null; choice.sort = null; showMatrix(root); }),
    only("conflicts", "matrix_conflicts", redraw), only("gaps", "matrix_gaps", redraw)];
  const tools = element("div", { className: "bar" },
    searchBox(say("matrix_filter"), (text) => { choice.wanted = text; redraw(); }, choice.wanted),
    chooser(data.columns, choice, redraw), ...toggles);
  root.replaceChildren(element("div", { className: "matrix" }, head(say("view_matrix"), say("matrix_lead")), tools, summary, place));
  redraw();
}

function toggle(name, key, onchange) {
  const box = element("input", { type: "checkbox", checked: choice[name] });
  box.onchange = () => { choice[name] = box.checked; onchange(); };
  return element("label", { className: "check", title: say("matrix_alike_long") }, box, say(key));
}

function only(kind, key, redraw) {
  const box = element("input", { type: "checkbox", checked: choice.only === kind });
  box.onchange = () => {
    for (const other of document.querySelectorAll(".check.only input")) if (other !== box) other.checked = false;
    choice.only = box.checked ? kind : "";
    redraw();
  };
  return element("label", { className: "check only" }, box, say(key));
}

function shownRows(columns) {
  const has = (row, state) => columns.some((column) => data.cells[row.at].get(column.at)?.state === state);
  return data.rows.filter((row) => folded(row.name).includes(choice.wanted))
    .filter((row) => columns.some((column) => data.cells[row.at].has(column.at)) || choice.wanted)
    .filter((row) => choice.only !== "conflicts" || has(row, "conflict"))
    .filter((row) => choice.only !== "gaps" || columns.some((column) => !data.cells[row.at].has(column.at)));
}

// Conflicts may hide in columns that are not chosen: with "conflicts only" those come along.
function shownColumns() {
  if (choice.only !== "conflicts") return data.columns.filter((column) => choice.columns.has(column.name));
  return data.columns.filter((column) => data.cells.some((cells) => cells.get(column.at)?.state === "conflict"));
}

function fill(place, summary) {
  const columns = shownColumns();
  const rows = shownRows(columns);
  const cells = rows.flatMap((row) => columns.map((column) => data.cells[row.at].get(column.at))).filter(Boolean);
  const share = Math.round((100 * cells.length) / Math.max(rows.length * columns.length, 1));
  summary.textContent = say("matrix_summary", {
    rows: number(rows.length), columns: number(columns.length), filled: share,
    conflicts: cells.filter((cell) => cell.state === "conflict").length,
  });
  if (!rows.length || !columns.length) {
    place.replaceChildren(element("p", { className: "hint", textContent: say(data.rows.length ? "matrix_none" : "matrix_empty") }));
    return;
  }
  const sorted = drawGrid(place, rows, columns, data, choice, () => fill(place, summary));
  const { total } = data;
  const cut = total.rows > data.rows.length || total.columns > data.columns.length;
  place.append(
    element("div", { className: "tools" }, key("conflict", "conflict"), key("gap", "matrix_gap"),
      ...exports(() => texts(sorted, columns), "matrix"), element("span", { className: "hint", textContent: say("matrix_keys") })),
    cut ? element("p", { className: "hint", textContent: say("matrix_cut", { rows: data.rows.length, columns: data.columns.length, all_rows: total.rows, all_columns: total.columns }) }) : "");
}

function key(name, words) {
  return element("span", { className: `key ${name}` }, name === "conflict" ? icon("conflict") : "", say(words));
}

// For copies: every value with its place.
function texts(rows, columns) {
  const told = (one) => `${one.value} [${one.source}${one.page === null ? `:${one.lines[0]}` : ` p. ${one.page}`}]`;
  return [[say("thing"), ...columns.map((column) => column.name)],
    ...rows.map((row) => [row.name, ...columns.map((column) => (data.cells[row.at].get(column.at)?.statements ?? []).map(told).join(" | "))])];
}
