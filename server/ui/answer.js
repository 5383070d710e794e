// A whole answer: its text with marks, lists and comparisons as tables, conflicts side by side, sources.
import { element, icon } from "/dom.js";
import { feedback } from "/feedback.js";
import { markButton, place } from "/source.js";
import { say } from "/speech.js";
import { copier, sortableTable } from "/tables.js";
import { linked, ticked } from "/text.js";

const MARK = /\[(\d{1,3})\]/g;
const SPLIT = /^([^:：]{1,60})[:：]\s*([\s\S]*)$/; // "attribute: value" of an item

// The parts of an answer, ready to be put below its question.
export function answerNodes(data, history) {
  // The lines are those of the generation that answered, whatever the notes have become since.
  const citations = data.citations.map((citation) => ({ ...citation, generation: data.index?.generation }));
  const cited = new Map(citations.map((citation) => [citation.n, citation]));
  const table = data.items.length > 1 && !data.abstained ? tableOf(data, cited) : null;
  const text = textNode(data, cited, table !== null);
  // A list's text says how many are silent, which is read after it; a comparison's says who is ahead.
  const nodes = (data.kind === "list" ? [table, text] : [text, table]).filter(Boolean);
  if (data.conflicts.length) nodes.push(...data.conflicts.map((conflict) => conflictNode(conflict, cited)));
  for (const notice of data.notices ?? []) nodes.push(element("p", { className: "notice", textContent: notice }));
  if (data.index?.stale) nodes.push(element("p", { className: "notice", textContent: say("index_behind") }));
  if (cited.size) nodes.push(sourceList(citations, cited.size <= 4));
  nodes.push(element("div", { className: "tools" }, copier(say("copy"), () => asText(data)), ...feedback(data, history)));
  return nodes;
}

// ── text ────────────────────────────────────────────────────────────────────────────────────────────────────

function textNode(data, cited, tabled) {
  let lines = (data.text || say("abstained")).split("\n");
  // What the table or the cards below show is not said twice; a model's own words stay.
  if (!data.llm && (tabled || data.conflicts.length)) lines = lines.filter((line) => !shownBelow(line, data, tabled));
  return lines.length ? element("div", { className: "answer" }, ...textLines(lines, cited)) : null;
}

function shownBelow(line, data, tabled) {
  const announces = /[:：]$/.test(line);
  if (tabled || announces) return announces || line.startsWith("- ");
  const numbers = [...line.matchAll(MARK)].map((match) => Number(match[1]));
  const sides = data.conflicts.flatMap((conflict) => conflict.values);
  return line.startsWith("- ") && sides.some((side) => line.includes(side.value) && numbers.every((n) => side.citations.includes(n)));
}

export function textLines(lines, cited) {
  return lines.map((line) => {
    const item = line.startsWith("- ");
    return element("span", { className: item ? "line item" : "line" }, ...marked(item ? line.slice(2) : line, cited));
  });
}

function marked(text, cited) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(MARK)) {
    const citation = cited.get(Number(match[1]));
    if (!citation) continue;
    parts.push(...linked(text.slice(from, match.index).trimEnd()), markButton(citation));
    from = match.index + match[0].length;
  }
  return [...parts, ...linked(text.slice(from))];
}

// `value` is what the citations are given for: one cell, say, of the cited row.
function marks(numbers, cited, value = "") {
  return numbers.map((n) => cited.get(n)).filter(Boolean).map((citation) => markButton({ ...citation, value }));
}

// ── tables ──────────────────────────────────────────────────────────────────────────────────────────────────

function tableOf(data, cited) {
  if (data.kind === "list") return listTable(data, cited);
  if (data.kind === "compare") return compareTable(data, cited);
  return null;
}

export function thingLink(name) {
  return element("a", { href: `#/thing/${encodeURIComponent(name)}`, className: "thing" }, ...ticked(name));
}

export function verdict(status) {
  return element("span", { className: `verdict ${status}` }, icon(status), say(status));
}

function listTable(data, cited) {
  const rank = ["yes", "conditional", "no", "unknown"];
  const several = new Set(data.items.map((item) => item.status)).size > 1;
  const columns = [
    { name: say("thing"), nodes: (row) => [thingLink(row.entity)], text: (row) => row.entity },
    { name: say("verdict"), nodes: (row) => [verdict(row.status)], text: (row) => say(row.status), order: (row) => rank.indexOf(row.status) },
    { name: say("statement"), nodes: (row) => [...linked(row.value), ...marks(row.citations, cited, SPLIT.exec(row.value)?.[2])], text: (row) => row.value },
  ];
  if (!several && !data.items.some((item) => item.value && item.status !== "yes")) columns.splice(1, 1);
  const places = { name: say("source"), text: (row) => row.citations.map((n) => cited.get(n)).filter(Boolean).map(place).join("; ") };
  return withPlaces({ columns, rows: data.items, caption: data.question, file: "list" }, places);
}

// What is copied and saved names the places; on the page the marks lead there.
function withPlaces(table, places) {
  const [, , statement] = table.columns.length > 2 ? table.columns : [null, null, table.columns[1]];
  const words = statement.text;
  statement.order = words;
  statement.text = (row) => [words(row), places.text(row)].filter(Boolean).join(" — ");
  return sortableTable(table);
}

function compareTable(data, cited) {
  const things = [...new Set(data.items.map((item) => item.entity))];
  const rows = new Map();
  for (const item of data.items) {
    const [, attribute, value] = SPLIT.exec(item.value) ?? [null, "", item.value];
    if (!rows.has(attribute)) rows.set(attribute, { attribute, cells: new Map() });
    const cells = rows.get(attribute).cells;
    cells.set(item.entity, [...(cells.get(item.entity) ?? []), { value, citations: item.citations }]);
  }
  const cell = (row, thing) => row.cells.get(thing) ?? [];
  const columns = [
    { name: say("attribute"), nodes: (row) => [row.attribute || "—"], text: (row) => row.attribute },
    ...things.map((thing) => ({
      name: thing,
      nodes: (row) => cell(row, thing).flatMap((one) => [element("span", { className: "said" }, ...linked(one.value), ...marks(one.citations, cited, one.value))]),
      text: (row) => cell(row, thing).map((one) => one.value).join("; "),
    })),
  ];
  return sortableTable({ columns, rows: [...rows.values()], caption: data.question, file: "compare", wide: things.length > 2 });
}

// ── conflicts and sources ───────────────────────────────────────────────────────────────────────────────────

function conflictNode(conflict, cited) {
  const about = [conflict.entity, conflict.attribute].filter(Boolean).join(" · ");
  const sides = conflict.values.map((value) => {
    const first = cited.get(value.citations[0]);
    return element("li", {}, element("span", { className: "value" }, ...linked(value.value)),
      element("span", { className: "hint" }, first ? `${place(first)} ` : "", ...marks(value.citations, cited, value.value)));
  });
  return element("section", { className: "conflict" },
    element("h3", {}, icon("conflict"), about ? say("conflict_about", { about }) : say("conflict")),
    element("ul", { className: "sides" }, ...sides));
}

function sourceList(citations, unfolded) {
  const rows = citations.map((citation) => element("li", {}, markButton(citation),
    element("span", {}, element("b", { textContent: citation.title || citation.source }),
      citation.heading.length ? ` › ${citation.heading.at(-1)}` : "",
      element("span", { className: "place" }, place(citation), ...since(citation)))));
  return element("details", { className: "sources", open: unfolded },
    element("summary", { textContent: `${say("sources")} (${citations.length})` }), element("ol", {}, ...rows));
}

// What has become of the file since.
function since(citation) {
  return citation.stale ? [" ", element("span", { className: "since", textContent: say(citation.stale.what) })] : [];
}

function asText(data) {
  const list = data.citations.map((citation) => `[${citation.n}] ${place(citation)}`);
  return [data.text, "", ...list].join("\n");
}
