// The sources: what the index has read, how that stands to the files, and a place to drop a note.
import { announce, button, element, icon } from "/dom.js";
import { adder } from "/add.js";
import { getJSON, postJSON } from "/net.js";
import { say } from "/speech.js";
import { inOrder } from "/tables.js";
import { folded, head, loaded, opener, searchBox } from "/view.js";

const WORST_FIRST = ["failed", "gone", "changed", "new", "fresh"];

let unreadable = new Map(); // path -> reason, of what the last reading from here could not read

export async function showSources(root) {
  const found = await loaded(root, () => getJSON("/api/corpus/sources"));
  if (!found) return;
  for (const source of found.sources) {
    if (source.state !== "new" || !unreadable.has(source.path)) continue;
    source.state = "failed";
    source.reason = unreadable.get(source.path);
  }
  const papers = found.sources.filter((source) => source.kind === "paper").length;
  const count = say("sources_count", { notes: found.sources.length - papers, papers, generation: found.generation });
  const list = element("div");
  const draw = (wanted) => list.replaceChildren(table(found.sources.filter((source) => folded(`${source.path} ${source.title}`).includes(wanted))));
  draw("");
  root.replaceChildren(
    head(say("view_sources"), say("sources_lead")),
    adder(root, () => showSources(root)),
    element("div", { className: "bar" }, element("p", { className: "hint", textContent: count }), tally(found.sources),
      found.sources.length > 8 ? searchBox(say("filter_sources"), draw) : null),
    found.sources.some((source) => source.state !== "fresh") ? reader(root) : "",
    found.problem ? element("p", { className: "notice", textContent: say("sources_problem", { why: found.problem }) }) : "",
    list,
  );
}

// Reads what changed. The reasons of what cannot be read come back with the summary.
function reader(root) {
  const told = element("span", { className: "hint", role: "status" });
  const read = button(say("read_now"), async () => {
    read.disabled = true;
    told.textContent = say("reading");
    try {
      const summary = await (await postJSON("/api/ingest", {})).json();
      unreadable = new Map(summary.failed.map(({ path, reason }) => [path, reason]));
      await showSources(root);
      announce(say("was_read", { ...summary, failed: summary.failed.length }));
    } catch (error) {
      told.textContent = say("failed", { why: error.message });
      read.disabled = false;
    }
  }, { className: "quiet" });
  return element("div", { className: "reader" }, read, " ", told);
}

function tally(sources) {
  const states = WORST_FIRST.map((state) => [state, sources.filter((source) => source.state === state).length]).filter(([, n]) => n);
  return element("ul", { className: "tally" }, ...states.map(([state, n]) => element("li", {}, badge(state), ` ${n}`)));
}

function badge(state) {
  return element("span", { className: `state ${state}` }, icon(state), say(`state_${state}`));
}

function table(sources) {
  const rows = inOrder(sources, (source) => WORST_FIRST.indexOf(source.state), false);
  const heads = ["source", "size", "state"].map((key) => element("th", { scope: "col", textContent: say(key) }));
  return element("div", { className: "scroll", tabIndex: 0, role: "group", "aria-label": say("view_sources") },
    element("table", { className: "files" }, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows.map(row))));
}

function row(source) {
  const paper = source.kind === "paper";
  const title = source.title || source.path;
  const readable = source.total > 0;
  const place = { source: source.path, title, lines: null, page: paper ? 1 : null, box: null, quote: "" };
  const size = paper ? say("n_pages", { n: source.total }) : say("n_lines", { n: source.total });
  return element("tr", {},
    element("th", { scope: "row" }, element("span", { className: "file" }, icon(source.kind),
      element("span", {}, readable ? opener(place, title) : title, title === source.path ? "" : element("span", { className: "path", textContent: source.path })))),
    element("td", { className: "number", textContent: readable ? size : "" }),
    element("td", {}, badge(source.state), source.reason ? element("p", { className: "hint", textContent: source.reason }) : "",
      source.repair ? element("p", { className: "hint", textContent: say("mended", { how: source.repair }) }) : ""));
}
