// The panel beside the answer: a source opened where it is cited, formatted or as written.
import { $, button, element } from "/dom.js";
import { showNote } from "/note.js";
import { showPage } from "/paper.js";
import { remember, remembered } from "/store.js";
import { say, whenSpoken } from "/speech.js";

const panel = { opener: null, citation: null, written: remembered("written") === "yes" };

export function place(citation) {
  if (citation.page !== null) return `${citation.source}, ${say("page", { a: citation.page })}`;
  if (!citation.lines) return citation.source;
  const [a, b] = citation.lines;
  return `${citation.source}, ${say(a === b ? "line" : "lines", { a, b })}`;
}

// Opens a place {source, lines, page, box, quote, title?}; `opener` gets the focus back.
export async function openSource(citation, opener) {
  closeSource(false);
  panel.opener = opener;
  panel.citation = citation;
  opener?.setAttribute("aria-expanded", "true");
  head(citation, citation.title || citation.source);
  $("source-text").replaceChildren(element("p", { className: "hint", textContent: say("loading") }));
  $("source").hidden = false;
  $("room").classList.add("open");
  $("source").focus({ preventScroll: true });
  await show();
}

function head(citation, title) {
  $("source-title").textContent = title;
  $("source-place").textContent = place(citation);
  for (const [id, written] of [["source-formatted", false], ["source-written", true]]) {
    $(id).setAttribute("aria-pressed", String(panel.written === written));
  }
}

async function show() {
  const citation = panel.citation;
  const view = { citation, written: panel.written, body: $("source-text"), retitle: (title) => { $("source-title").textContent = title; }, turn };
  try {
    await (citation.page === null ? showNote(view) : showPage(view));
  } catch (error) {
    if (panel.citation !== citation) return;
    $("source-text").replaceChildren(element("p", { className: "hint bad", textContent: say("failed", { why: error.message }) }));
  }
}

// Another page of the same paper, without the cited box unless it is the cited page.
function turn(page) {
  const from = panel.citation.cited ?? panel.citation;
  panel.citation = page === from.page ? from : { ...from, page, box: null, quote: "", cited: from };
  head(panel.citation, $("source-title").textContent);
  show();
}

export function closeSource(focus = true) {
  if ($("source").hidden) return;
  $("source").hidden = true;
  $("room").classList.remove("open");
  panel.opener?.setAttribute("aria-expanded", "false");
  if (focus) panel.opener?.focus();
  panel.opener = panel.citation = null;
}

// A view that draws itself anew hands the open place over to the node that now stands for it.
export function handOver(node) {
  panel.opener = node;
  node.setAttribute("aria-expanded", "true");
}

// A small numbered button that opens a citation.
export function markButton(citation, text = String(citation.n)) {
  const made = button(text, () => openSource(citation, made), { className: "mark" });
  made.title = place(citation);
  made.setAttribute("aria-label", say("open", { n: citation.n, place: place(citation) }));
  made.setAttribute("aria-expanded", "false");
  return made;
}

function choose(written) {
  panel.written = written;
  remember("written", written ? "yes" : "no");
  if (!panel.citation) return;
  head(panel.citation, $("source-title").textContent);
  show();
}

export function readySource() {
  $("source-close").onclick = () => closeSource();
  $("source-formatted").onclick = () => choose(false);
  $("source-written").onclick = () => choose(true);
  whenSpoken(() => { if (panel.citation) { head(panel.citation, $("source-title").textContent); show(); } });
}
