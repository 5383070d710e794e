// A note in the panel: formatted blocks with their lines, or the lines as written; the cited ones in sight.
import { button, element, icon } from "/dom.js";
import { inline } from "/text.js";
import { encoded, getJSON } from "/net.js";
import { say } from "/speech.js";

const AROUND = 60; // lines shown before and after the cited ones
const MORE = 200; // lines added by "more above" and "more below"

export async function showNote(view) {
  const [a, b] = view.citation.lines ?? [1, 1];
  await draw(view, a - AROUND, (view.citation.lines ? b : 2 * MORE) + AROUND, true);
}

async function draw(view, from, to, scroll) {
  const { citation, written, body } = view;
  const base = written ? "/api/sources/" : "/api/corpus/notes/";
  const source = await generationOf(citation, `${base}${encoded(citation.source)}?first=${Math.max(from, 1)}&last=${to}`);
  view.retitle(source.title || citation.source);
  const shown = written ? lines(source, citation) : levelled(source.blocks).map((block) => blockNode(block, citation));
  const more = (key, first, last) => button(say(key), () => draw(view, first, last, false), { className: "more" });
  if (source.first > 1) shown.unshift(more("above", source.first - MORE, source.last));
  if (source.last < source.total) shown.push(more("below", source.first, source.last + MORE));
  if (source.moved) shown.unshift(element("p", { className: "notice", textContent: say("other_generation", { n: citation.generation }) }));
  body.replaceChildren(element("div", { className: written ? "written" : "formatted" }, ...shown));
  const mark = written ? null : markQuote(body, citation);
  if (!scroll) return;
  body.querySelector(".cited")?.scrollIntoView({ block: "center" });
  mark?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// What the generation that was quoted holds, or, where that is not kept any more, the newest.
export async function generationOf(citation, address) {
  if (!citation.generation) return getJSON(address);
  try {
    return await getJSON(`${address}&generation=${citation.generation}`);
  } catch (error) {
    if (error.status !== 404) throw error;
    return { ...await getJSON(address), moved: true };
  }
}

function within(citation, first, last) {
  return Boolean(citation.lines) && first <= citation.lines[1] && last >= citation.lines[0];
}

// ── formatted ───────────────────────────────────────────────────────────────────────────────────────────────

// Headings for screen readers: below the panel's own, and without a gap, whatever the note does.
function levelled(blocks) {
  let level = 2;
  return blocks.map((block) => {
    if (block.kind !== "heading") return block;
    level = Math.min(block.depth + 2, level + 1, 6);
    return { ...block, level };
  });
}

function blockNode(block, citation) {
  const [first, last] = block.lines;
  const cited = within(citation, first, last);
  if (block.header) return table(block, citation);
  if (block.kind === "code") {
    return element("pre", { className: cited ? "cited" : "", tabIndex: 0 }, element("code", { textContent: block.text.join("\n") }));
  }
  const rows = block.text.map((text, at) => {
    const hit = within(citation, first + at, first + at) && block.text.length > 1;
    return element("span", { className: hit ? "row cited" : "row" }, ...inline(text, block.links));
  });
  const whole = cited && block.text.length === 1;
  if (block.kind === "heading") {
    return element("p", {
      className: `heading h${Math.min(block.depth, 6)}${whole ? " cited" : ""}`, role: "heading", "aria-level": String(block.level),
    }, ...rows);
  }
  const made = element("div", { className: `${block.kind}${whole ? " cited" : ""} deep${Math.min(block.depth, 4)}` }, ...rows);
  if (block.kind === "item") made.prepend(bullet(block));
  return made;
}

function bullet(block) {
  if (block.task !== null && block.task !== undefined) return element("span", { className: "bullet tick" }, icon(block.task ? "yes" : "unknown"));
  return element("span", { className: "bullet", "aria-hidden": "true", textContent: block.number === null ? "•" : `${block.number}.` });
}

function table(block, citation) {
  const head = element("tr", {}, ...block.header.map((text) => element("th", { scope: "col" }, ...inline(text, block.links))));
  if (within(citation, ...block.header_lines)) head.className = "cited";
  const rows = block.rows.map((row) => element("tr", { className: within(citation, ...row.lines) ? "cited" : "" },
    ...row.cells.map((text) => element("td", {}, ...inline(text, block.links)))));
  const made = element("div", { className: "scroll", tabIndex: 0, role: "group" },
    element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows)));
  made.setAttribute("aria-label", block.header.filter(Boolean).slice(0, 4).join(", ") || say("attribute"));
  return made;
}

// The cited words themselves, where the lines hold them without markup between: first the value in question, which may
// be one cell of the cited row, then the whole quote.
function markQuote(body, { value = "", quote = "" }) {
  for (const wanted of [value.trim(), quote.trim()].filter(Boolean)) {
    for (const cited of body.querySelectorAll(".cited")) {
      const found = textNodes(cited).find((node) => (wanted.length > 1 ? node.data.includes(wanted) : node.data.trim() === wanted));
      if (!found) continue;
      const hit = found.splitText(found.data.indexOf(wanted));
      hit.splitText(wanted.length);
      const mark = element("mark", { textContent: wanted });
      hit.replaceWith(mark);
      return mark;
    }
  }
  return null;
}

function textNodes(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  return found;
}

// ── as written ──────────────────────────────────────────────────────────────────────────────────────────────

function lines(source, citation) {
  const texts = source.text.split("\n");
  const [a, b] = citation.lines ?? [0, -1];
  const cited = spans(texts.slice(a - source.first, b - source.first + 1), citation.quote ?? "");
  return texts.map((text, index) => {
    const number = source.first + index;
    const inside = number >= a && number <= b;
    return element("div", { className: inside ? "line cited" : "line" },
      element("span", { className: "number", textContent: number, "aria-hidden": "true" }),
      element("span", {}, ...underlined(text, inside ? cited[number - a] ?? [] : [])));
  });
}

// Where the quote stands in each of the lines.
function spans(texts, quote) {
  const at = quote ? texts.join("\n").indexOf(quote) : -1;
  let start = 0;
  return texts.map((text) => {
    const [from, to] = [Math.max(at - start, 0), Math.min(at + quote.length - start, text.length)];
    start += text.length + 1;
    return at >= 0 && from < to ? [[from, to]] : [];
  });
}

export function underlined(text, marked) {
  const parts = [];
  let from = 0;
  for (const [a, b] of marked) {
    parts.push(text.slice(from, a), element("mark", { textContent: text.slice(a, b) }));
    from = b;
  }
  return [...parts, text.slice(from)];
}
