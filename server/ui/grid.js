// The matrix as a grid: sorts by any column, moves by arrow keys, opens the place of the cell that has the focus.
import { element, icon } from "/dom.js";
import { openSource, place as placed } from "/source.js";
import { say } from "/speech.js";
import { thingLink } from "/answer.js";
import { inOrder } from "/tables.js";
import { ticked } from "/text.js";
import { valueNodes } from "/view.js";

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

const LONGEST = 56; // characters of a value; the title and the source show the rest
const MOST_TOLD = 2; // values of a cell; the thing's profile shows all
const MOST_SIDES = 4; // values of a cell in conflict

// Draws the grid into `place` and gives the rows in the order drawn.
export function drawGrid(place, rows, columns, data, choice, redraw) {
  const { sort } = choice;
  const sortedBy = sort && columns.find((column) => column.name === sort.name);
  const key = (row) => (sortedBy ? data.cells[row.at].get(sortedBy.at)?.statements[0].value ?? "" : row.name);
  const sorted = sort && (sortedBy || sort.name === "") ? inOrder(rows, key, sort.down) : rows;
  const by = (name) => {
    choice.sort = { name, down: sort?.name === name && !sort.down };
    redraw();
    [...place.querySelectorAll("thead button")].find((one) => one.dataset.name === name)?.focus();
  };
  const heads = [heading("", say("thing"), "", sort, by), ...columns.map((column) => heading(column.name, column.name, about(column), sort, by))];
  const body = element("tbody", {}, ...sorted.map((row) => element("tr", {},
    element("th", { scope: "row" }, thingLink(row.name)), ...columns.map((column) => cellNode(data.cells[row.at].get(column.at))))));
  const table = element("table", { role: "grid", className: "grid" }, element("thead", {}, element("tr", {}, ...heads)), body);
  table.setAttribute("aria-label", say("view_matrix"));
  table.setAttribute("aria-rowcount", String(sorted.length + 1));
  move(table, columns.length);
  place.replaceChildren(element("div", { className: "scroll tall" }, table));
  return sorted;
}

function about(column) {
  const filled = say("filled", { n: column.filled });
  return column.wordings.length > 1 ? `${filled}; ${say("wordings", { list: column.wordings.join(", ") })}` : filled;
}

function heading(name, words, title, sort, by) {
  const active = sort?.name === name;
  const made = element("button", { type: "button", className: "sorter", title, onclick: () => by(name), "data-name": name },
    ...ticked(words), icon(active ? (sort.down ? "descending" : "ascending") : "sort"));
  const head = element("th", { scope: "col" }, made);
  if (active) head.setAttribute("aria-sort", sort.down ? "descending" : "ascending");
  return head;
}

function cellNode(cell) {
  const made = element("td", { tabIndex: -1 });
  if (!cell) {
    made.className = "gap";
    made.append(element("span", { className: "hidden", textContent: say("matrix_gap") }));
    return made;
  }
  made.className = cell.state;
  if (cell.state === "conflict") made.append(icon("conflict", say("conflict")));
  const shown = cell.statements.slice(0, cell.state === "conflict" ? MOST_SIDES : MOST_TOLD);
  const more = cell.statements.length - shown.length + cell.more;
  made.append(...shown.map(stated), more ? element("span", { className: "hint", textContent: say("matrix_more", { n: more }) }) : "");
  return made;
}

// The mark is a button for the mouse; by keyboard the cell's Enter presses it, so that Tab does not stop a thousand times.
function stated(one) {
  const short = one.page !== null ? `p${one.page}` : String(one.lines[0]);
  const mark = element("button", { type: "button", className: "mark", tabIndex: -1, textContent: short, title: placed(one) });
  mark.setAttribute("aria-label", `${say("source")}: ${placed(one)}`);
  mark.onclick = () => openSource(one, mark);
  return element("span", { className: "said", title: one.value.length > LONGEST ? one.value : "" }, ...valueNodes(one, LONGEST), mark);
}

function move(table, width) {
  const cells = [...table.querySelectorAll("tbody td")];
  let current = 0;
  cells[0].tabIndex = 0;
  const focus = (at) => {
    cells[current].tabIndex = -1;
    current = at;
    cells[current].tabIndex = 0;
    cells[current].focus();
  };
  table.querySelector("tbody").onkeydown = (event) => {
    const at = cells.indexOf(event.target);
    if (at < 0) return;
    const marks = [...cells[at].querySelectorAll(".mark")];
    if (event.key === "Enter" && marks.length) {
      event.preventDefault();
      const next = (marks.findIndex((mark) => mark.getAttribute("aria-expanded") === "true") + 1) % marks.length;
      marks[next].click();
      return;
    }
    const [down, right] = STEPS[event.key] ?? [0, 0];
    const [row, column] = [Math.floor(at / width) + down, (at % width) + right];
    let to = row * width + column;
    if (event.key === "Home") to = at - (at % width);
    else if (event.key === "End") to = at - (at % width) + width - 1;
    else if ((!down && !right) || column < 0 || column >= width || to < 0 || to >= cells.length) return;
    event.preventDefault();
    focus(to);
  };
}
