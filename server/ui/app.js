// The page: asks, shows the answer as it comes, opens the cited lines. All text is inserted as text, never as markup.
import { words } from "/words.js";

const AROUND = 8; // lines shown before and after the cited ones
const MORE = 30; // lines added by "more above" and "more below"
const MARK = /\[(\d{1,3})\]/g;

const $ = (id) => document.getElementById(id);
const state = { words: words.en, history: [], busy: null, opener: null, entities: [], sources: null };

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function say(key, values = {}) {
  return state.words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// ── language and theme ──────────────────────────────────────────────────────────────────────────────────────

function remembered(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

function remember(key, value) {
  try { localStorage.setItem(key, value); } catch { /* private windows may refuse; the choice then lasts one visit */ }
}

function speak(language) {
  state.words = words[language];
  document.documentElement.lang = state.words.code;
  document.title = say("title");
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = say(node.dataset.word);
  for (const node of document.querySelectorAll("[data-title]")) label(node, say(node.dataset.title));
  $("language").textContent = state.words.other;
  $("question").placeholder = say("placeholder");
  welcome();
}

function label(node, text) {
  node.title = text;
  node.setAttribute("aria-label", text);
}

function shade(theme) {
  document.documentElement.dataset.theme = theme;
}

// ── the first view ──────────────────────────────────────────────────────────────────────────────────────────

function welcome() {
  if (state.sources) {
    const papers = state.sources.filter((source) => source.kind === "paper").length;
    $("holdings").textContent = say("holdings", { notes: state.sources.length - papers, papers });
  }
  $("ideas").replaceChildren(...state.entities.map((entity) => {
    const text = say("idea", { name: entity.name });
    return element("li", {}, element("button", { type: "button", textContent: text, onclick: () => ask(text) }));
  }));
}

async function survey() {
  try {
    state.sources = (await getJSON("/api/sources")).sources;
    const { entities } = await getJSON("/api/entities?limit=1000");
    state.entities = entities.filter((e) => e.strength >= 3 && e.name.length <= 16)
      .sort((a, b) => b.aliases.length - a.aliases.length).slice(0, 3);
    welcome();
  } catch (error) {
    $("holdings").textContent = say("failed", { why: error.message });
  }
}

// ── talking to the server ───────────────────────────────────────────────────────────────────────────────────

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error(say("offline"));
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  throw new Error(body?.error?.message ?? `HTTP ${response.status}`);
}

async function getJSON(path) {
  return (await request(path)).json();
}

async function* events(question, signal) {
  const response = await request("/api/ask", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ question, history: state.history, stream: true }),
    signal,
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (waiting + value).split("\n\n");
    waiting = parts.pop();
    for (const part of parts) {
      const [name, data] = part.split("\n").map((line) => line.replace(/^\w+: /, ""));
      yield [name, JSON.parse(data)];
    }
  }
}

// ── one turn of the conversation ────────────────────────────────────────────────────────────────────────────

async function ask(question) {
  if (state.busy || !question.trim()) return;
  state.busy = new AbortController();
  document.body.classList.remove("empty");
  $("welcome").hidden = true;
  $("fresh").hidden = false;
  $("question").value = "";
  grow();
  sending(true);
  const answer = element("div", { className: "answer waiting", textContent: say("looking") });
  const turn = element("article", { className: "turn" }, element("h2", { className: "asked", textContent: question }), answer);
  $("talk").append(turn);
  turn.scrollIntoView({ block: "start" });
  try {
    await listen(question, turn, answer);
  } catch (error) {
    turn.classList.add("broken");
    answer.textContent = error.name === "AbortError" ? say("stopped") : say("failed", { why: error.message });
  }
  answer.classList.remove("waiting");
  state.busy = null;
  sending(false);
  $("question").focus({ preventScroll: true });
}

async function listen(question, turn, answer) {
  let text = "";
  for await (const [name, data] of events(question, state.busy.signal)) {
    if (name === "error") throw new Error(data.error.message);
    if (name === "token") {
      text += data.text;
      answer.classList.remove("waiting");
      answer.textContent = text;
    }
    if (name === "answer") {
      show(data, turn, answer);
      state.history.push(["user", question], ["assistant", data.text]);
    }
  }
}

function show(data, turn, answer) {
  for (const citation of data.citations) citation.generation = data.index.generation;
  const cited = new Map(data.citations.map((citation) => [citation.n, citation]));
  turn.classList.toggle("abstained", data.abstained);
  answer.replaceChildren(...(data.text || say("abstained")).split("\n").map((line) => {
    const item = line.startsWith("- ");
    return element("span", { className: item ? "line item" : "line" }, ...marked(item ? line.slice(2) : line, cited));
  }));
  for (const conflict of data.conflicts) turn.append(disagreement(conflict, cited));
  if (cited.size) turn.append(sourceList(data.citations, cited.size <= 4));
  // Browsers give the clipboard to pages on this machine and over TLS only.
  if (navigator.clipboard) turn.append(element("div", { className: "tools" }, copier(data)));
}

function marked(text, cited) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(MARK)) {
    const citation = cited.get(Number(match[1]));
    if (!citation) continue;
    parts.push(text.slice(from, match.index), markButton(citation));
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)];
}

function markButton(citation) {
  const button = element("button", { type: "button", className: "mark", textContent: citation.n });
  label(button, say("open", { n: citation.n, place: place(citation) }));
  button.setAttribute("aria-expanded", "false");
  button.onclick = () => open(citation, button);
  return button;
}

function place(citation) {
  if (citation.page !== null) return `${citation.source}, ${say("page", { a: citation.page })}`;
  const [a, b] = citation.lines;
  return `${citation.source}, ${say(a === b ? "line" : "lines", { a, b })}`;
}

function disagreement(conflict, cited) {
  const about = [conflict.entity, conflict.attribute].filter(Boolean).join(" · ");
  const values = conflict.values.map((value) => {
    const numbers = value.citations.map((n) => cited.get(n)).filter(Boolean).map(markButton);
    return element("li", {}, `${value.value} `, ...numbers);
  });
  return element("div", { className: "conflict" },
    element("b", { textContent: say("conflict") }), about ? ` — ${about}` : "", element("ul", {}, ...values));
}

function sourceList(citations, unfolded) {
  const rows = citations.map((citation) => {
    const path = [...citation.heading].join(" › ");
    const since = citation.stale ? ` ${say(citation.stale.what)}` : "";
    const text = `${place(citation)}${since}${path ? ` — ${path}` : ""}`;
    return element("li", {}, markButton(citation), element("span", { textContent: text }));
  });
  return element("details", { className: "sources", open: unfolded },
    element("summary", { textContent: `${say("sources")} (${citations.length})` }), element("ol", {}, ...rows));
}

function copier(data) {
  const button = element("button", { type: "button", textContent: say("copy") });
  button.onclick = async () => {
    const list = data.citations.map((citation) => `[${citation.n}] ${place(citation)}`);
    await navigator.clipboard.writeText([data.text, "", ...list].join("\n"));
    button.textContent = say("copied");
    setTimeout(() => { button.textContent = say("copy"); }, 1500);
  };
  return button;
}

// ── the source beside the answer ────────────────────────────────────────────────────────────────────────────

async function open(citation, button) {
  shut(false);
  state.opener = button;
  button.setAttribute("aria-expanded", "true");
  $("source-title").textContent = citation.title || citation.source;
  $("source-place").textContent = place(citation);
  $("source-text").replaceChildren(element("p", { className: "more", textContent: say("looking") }));
  $("source").hidden = false;
  $("room").classList.add("open");
  $("source").focus({ preventScroll: true });
  try {
    if (citation.page === null) await showLines(citation, citation.lines[0] - AROUND, citation.lines[1] + AROUND, true);
    else await showPage(citation);
  } catch (error) {
    $("source-text").replaceChildren(element("p", { className: "more", textContent: say("failed", { why: error.message }) }));
  }
}

function sourceAddress(citation, first, last) {
  const path = citation.source.split("/").map(encodeURIComponent).join("/");
  // The lines are those of the generation that answered, whatever the notes have become since.
  return `/api/sources/${path}?first=${Math.max(first, 1)}&last=${last}&generation=${citation.generation}`;
}

async function showLines(citation, from, to, scroll) {
  const source = await getJSON(sourceAddress(citation, from, to));
  const [a, b] = citation.lines;
  const lines = source.text.split("\n");
  const cited = highlights(lines.slice(a - source.first, b - source.first + 1).join("\n"), citation.quote).flat;
  const rows = lines.map((line, index) => {
    const number = source.first + index;
    const inside = number >= a && number <= b;
    const text = inside ? underlined(line, cited[number - a] ?? []) : [line];
    return element("div", { className: inside ? "row cited" : "row" },
      element("span", { textContent: number }), element("span", {}, ...text));
  });
  if (source.first > 1) rows.unshift(more("above", () => showLines(citation, source.first - MORE, source.last, false)));
  if (source.last < source.total) rows.push(more("below", () => showLines(citation, source.first, source.last + MORE, false)));
  $("source-text").replaceChildren(...rows);
  if (scroll) centre(".row.cited");
}

async function showPage(citation) {
  const source = await getJSON(sourceAddress(citation, citation.page, citation.page));
  const spans = highlights(source.text, citation.quote).spans;
  $("source-text").replaceChildren(element("div", { className: "row" },
    element("span", { textContent: citation.page }), element("span", {}, ...underlined(source.text, spans))));
  centre("mark");
}

function more(key, onclick) {
  return element("button", { type: "button", className: "more", textContent: say(key), onclick });
}

function centre(selector) {
  $("source-text").querySelector(selector)?.scrollIntoView({ block: "center" });
}

// Where the quote stands in the text: as spans of the whole, and as spans of each line.
function highlights(text, quote) {
  const at = quote ? text.indexOf(quote) : -1;
  const spans = at < 0 ? [] : [[at, at + quote.length]];
  let start = 0;
  const flat = text.split("\n").map((line) => {
    const begin = start;
    start += line.length + 1;
    return spans.map(([a, b]) => [Math.max(a - begin, 0), Math.min(b - begin, line.length)]).filter(([a, b]) => a < b);
  });
  return { spans, flat };
}

function underlined(text, spans) {
  const parts = [];
  let from = 0;
  for (const [a, b] of spans) {
    parts.push(text.slice(from, a), element("mark", { textContent: text.slice(a, b) }));
    from = b;
  }
  return [...parts, text.slice(from)];
}

function shut(focus = true) {
  $("source").hidden = true;
  $("room").classList.remove("open");
  state.opener?.setAttribute("aria-expanded", "false");
  if (focus) state.opener?.focus();
  state.opener = null;
}

// ── the question box ────────────────────────────────────────────────────────────────────────────────────────

function grow() {
  const box = $("question");
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
  if (!state.busy) $("send").disabled = !box.value.trim();
}

function sending(busy) {
  $("send").firstElementChild.textContent = busy ? "■" : "↑";
  $("send").dataset.title = busy ? "stop" : "send";
  label($("send"), say(busy ? "stop" : "send"));
  $("send").disabled = !busy && !$("question").value.trim();
}

function anew() {
  state.busy?.abort();
  shut(false);
  state.history = [];
  $("talk").replaceChildren();
  $("welcome").hidden = false;
  $("fresh").hidden = true;
  document.body.classList.add("empty");
  $("question").focus();
}

$("ask").onsubmit = (event) => {
  event.preventDefault();
  if (state.busy) state.busy.abort();
  else ask($("question").value.trim());
};
$("question").oninput = grow;
$("question").onkeydown = (event) => {
  // While an input method composes, Enter picks a candidate; it does not ask.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (!state.busy) ask($("question").value.trim());
  }
};
$("close").onclick = () => shut();
$("fresh").onclick = anew;
$("language").onclick = () => {
  const chosen = state.words === words.zh ? "en" : "zh";
  remember("language", chosen);
  speak(chosen);
};
$("theme").onclick = () => {
  const chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  remember("theme", chosen);
  shade(chosen);
};
document.onkeydown = (event) => {
  if (event.key === "Escape" && !$("source").hidden) shut();
  if (event.key === "/" && document.activeElement === document.body) {
    event.preventDefault();
    $("question").focus();
  }
};

shade(remembered("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
document.body.classList.add("empty");
speak(remembered("language") ?? (navigator.language.startsWith("zh") ? "zh" : "en"));
grow();
survey();
