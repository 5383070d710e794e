// Which attributes the matrix shows: a list to tick, with a search of its own.
import { button, element } from "/dom.js";
import { say } from "/speech.js";
import { ticked } from "/text.js";
import { folded, searchBox } from "/view.js";

export { folded };
export const MOST_STATED = 12; // columns shown until others are chosen

export function chooser(columns, choice, redraw) {
  const summary = element("summary");
  const list = element("ul");
  let wanted = "";
  const changed = () => {
    summary.textContent = say("matrix_attributes", { shown: choice.columns.size, n: columns.length });
    redraw();
  };
  const draw = () => {
    const hits = columns.filter((column) => folded(column.wordings.join(" ")).includes(wanted));
    list.replaceChildren(...hits.map((column) => element("li", {}, line(column, choice, changed))));
  };
  const pick = (names) => {
    choice.columns = new Set(names);
    draw();
    changed();
  };
  const all = columns.map((column) => column.name);
  const buttons = element("div", { className: "picks" },
    button(say("matrix_most", { n: MOST_STATED }), () => pick(all.slice(0, MOST_STATED))),
    button(say("matrix_all"), () => pick(all)), button(say("matrix_noneof"), () => pick([])));
  summary.textContent = say("matrix_attributes", { shown: choice.columns.size, n: columns.length });
  draw();
  const made = element("details", { className: "chooser" }, summary,
    element("div", { className: "sheet" }, searchBox(say("matrix_find"), (text) => { wanted = text; draw(); }), buttons, list));
  made.onkeydown = (event) => {
    if (event.key === "Escape" && made.open) {
      event.stopPropagation();
      made.open = false;
      summary.focus();
    }
  };
  return made;
}

function line(column, choice, changed) {
  const box = element("input", { type: "checkbox", checked: choice.columns.has(column.name) });
  box.onchange = () => {
    if (box.checked) choice.columns.add(column.name);
    else choice.columns.delete(column.name);
    changed();
  };
  return element("label", { className: "check" }, box, element("span", {}, ...ticked(column.name)),
    element("span", { className: "hint", textContent: String(column.filled) }));
}
