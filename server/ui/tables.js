// Tables that can be sorted, copied and saved.
import { announce, button, element, icon } from "/dom.js";
import { code, say } from "/speech.js";

// `columns`: {name, nodes(row), text(row), order?(row)}; `rows` are given in their first order.
export function sortableTable({ columns, rows, caption, file, wide = false }) {
  const state = { column: -1, down: false };
  const body = element("tbody");
  const heads = columns.map((column, at) => {
    const sorter = element("button", { type: "button", className: "sorter", onclick: () => sort(at) }, column.name, icon("sort"));
    sorter.title = say("sort_by", { name: column.name });
    return element("th", { scope: "col" }, sorter);
  });

  function sort(at) {
    state.down = state.column === at && !state.down;
    state.column = at;
    heads.forEach((head, index) => {
      if (index === at) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
      head.querySelector("svg").replaceWith(icon(index !== at ? "sort" : state.down ? "descending" : "ascending"));
    });
    fill();
  }

  function ordered() {
    if (state.column < 0) return rows;
    const column = columns[state.column];
    const key = column.order ?? column.text;
    return inOrder(rows, key, state.down);
  }

  function fill() {
    body.replaceChildren(...ordered().map((row) => element("tr", { className: row.className ?? "" },
      ...columns.map((column, at) => {
        const cell = element(at === 0 ? "th" : "td", {}, ...column.nodes(row));
        if (at === 0) cell.scope = "row";
        return cell;
      }))));
  }

  fill();
  const table = element("table", {}, element("caption", { className: "hidden", textContent: caption }),
    element("thead", {}, element("tr", {}, ...heads)), body);
  const region = element("div", { className: wide ? "scroll wide" : "scroll", tabIndex: 0, role: "group", "aria-label": caption }, table);
  const data = () => [columns.map((column) => column.name), ...ordered().map((row) => columns.map((column) => column.text(row)))];
  return element("div", { className: "sheet" }, region,
    element("div", { className: "tools" },
      element("span", { className: "hint", textContent: say("table_of", { n: rows.length }) }), ...exports(data, file)));
}

// The same rows by a key, numbers by size, texts by the rules of the page's language; empty ones last.
export function inOrder(rows, key, down) {
  const collator = new Intl.Collator(code(), { numeric: true });
  const keyed = rows.map((row) => [key(row), row]);
  const empty = (value) => value === "" || value === null || value === undefined;
  keyed.sort(([a], [b]) => {
    if (empty(a) || empty(b)) return empty(a) - empty(b);
    const order = typeof a === "number" && typeof b === "number" ? a - b : collator.compare(a, b);
    return down ? -order : order;
  });
  return keyed.map(([, row]) => row);
}

// Buttons that copy `data()` (rows of texts) and save it.
export function exports(data, file) {
  const copy = copier(say("copy_table"), () => data().map((row) => row.map((text) => text.replace(/\s+/g, " ")).join("\t")).join("\n"));
  return [copy, button(say("save_csv"), () => save(csv(data()), file), { title: say("save_csv_long") })].filter(Boolean);
}

// Browsers give the clipboard to pages on this machine and over TLS only.
export function copier(words, text) {
  if (!navigator.clipboard) return null;
  const made = button(words, async () => {
    await navigator.clipboard.writeText(text());
    made.textContent = say("copied");
    announce(say("copied"));
    setTimeout(() => { made.textContent = words; }, 1500);
  });
  return made;
}

// RFC 4180. What a spreadsheet would take for a formula is made text: notes are not to be trusted.
export function csv(rows) {
  const cell = (text) => {
    const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.,]+%?$/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => row.map((text) => cell(String(text))).join(",")).join("\r\n") + "\r\n";
}

function save(text, file) {
  // The mark at the front tells spreadsheets that the Chinese is UTF-8.
  const address = URL.createObjectURL(new Blob(["\uFEFF", text], { type: "text/csv;charset=utf-8" }));
  element("a", { href: address, download: `${file}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
