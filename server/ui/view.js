// What the views of the corpus share: a head, a filter, a failure, a value with its place.
import { element, icon } from "/dom.js";
import { markButton, openSource, place } from "/source.js";
import { say } from "/speech.js";
import { linked } from "/text.js";

export function head(title, lead, ...more) {
  return element("div", { className: "head" }, element("h2", { textContent: title }), element("p", { className: "lead", textContent: lead }), ...more);
}

export function searchBox(words, onchange, value = "") {
  const box = element("input", { type: "search", placeholder: words, value, autocomplete: "off", spellcheck: false });
  box.setAttribute("aria-label", words);
  box.oninput = () => onchange(folded(box.value));
  return box;
}

// Compared without regard to case and width, as people type.
export function folded(text) {
  return text.normalize("NFKC").toLowerCase().trim();
}

// Loads what a view shows; what fails is told in its place.
export async function loaded(root, load) {
  if (!root.hasChildNodes()) root.replaceChildren(element("p", { className: "hint", textContent: say("loading") }));
  try {
    return await load();
  } catch (error) {
    root.replaceChildren(element("p", { className: "hint bad", textContent: say("failed", { why: error.message }) }));
    return null;
  }
}

// A statement of the notes: its value, what it narrows down to, and a mark that leads to its place.
export function statementNode(one) {
  const narrowed = one.qualifiers?.length ? element("span", { className: "hint", textContent: ` (${one.qualifiers.map(([, value]) => value).join(", ")})` }) : null;
  return element("span", { className: "said" }, ...valueNodes(one), narrowed, sourceMark(one));
}

// A value, with a drawn mark where it is a bare yes or no.
export function valueNodes(one, longest = Infinity) {
  const text = one.value.length > longest ? `${one.value.slice(0, longest - 1).trimEnd()}…` : one.value;
  const bare = ["yes", "no"].includes(one.status) && text.length <= 3 && /\p{L}/u.test(text);
  return bare ? [element("span", { className: `verdict ${one.status}` }, icon(one.status), text)] : linked(text);
}

export function sourceMark(one) {
  const short = one.page !== null ? `p${one.page}` : `${one.lines[0]}`;
  const made = markButton({ ...one, n: short }, short);
  made.setAttribute("aria-label", `${say("source")}: ${place(one)}`);
  return made;
}

export function opener(one, words) {
  const made = element("button", { type: "button", className: "link", onclick: () => openSource(one, made) }, words);
  made.setAttribute("aria-expanded", "false");
  return made;
}
