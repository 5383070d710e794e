// Adding a note: dropped or chosen, sent, ingested, told.
import { announce, button, element } from "/dom.js";
import { getJSON, request } from "/net.js";
import { openSource } from "/source.js";
import { say } from "/speech.js";

const TAKEN = 409;
const PATIENCE = 12; // looks for the new generation, a quarter of a second apart

// The drop zone; `refresh` draws the view anew after an addition.
export function adder(root, refresh) {
  const told = element("div", { className: "told" });
  const chooser = element("input", { type: "file", accept: ".md,.markdown,.pdf", multiple: true, className: "hidden", id: "add-file", tabIndex: -1 });
  chooser.setAttribute("aria-label", say("add_title"));
  const zone = element("section", { className: "adder", "aria-label": say("add_title") },
    element("p", {}, `${say("add_hint")} `, button(say("add_choose"), () => chooser.click(), { className: "link" })), chooser, told);
  const takeAll = async (files) => {
    for (const file of files) await take(file, told, refresh, false);
  };
  chooser.onchange = () => { takeAll([...chooser.files]); };
  root.ondragover = (event) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    zone.dataset.drop = say("add_drop");
    zone.classList.add("over");
  };
  root.ondragleave = (event) => { if (!root.contains(event.relatedTarget)) zone.classList.remove("over"); };
  root.ondrop = (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    takeAll([...event.dataTransfer.files]);
  };
  return zone;
}

async function take(file, told, refresh, replace) {
  tell(told, "", say("adding", { name: file.name }));
  try {
    const response = await request(`/api/corpus/notes?name=${encodeURIComponent(file.name)}&replace=${replace}`, {
      method: "POST", headers: { "content-type": "application/octet-stream" }, body: await file.arrayBuffer(),
    });
    const taken = await response.json();
    await arrived(taken);
    await refresh();
    // The view was drawn anew: tell it in the zone that stands now.
    const now = document.querySelector(".adder .told") ?? told;
    const words = say(taken.replaced ? "replaced" : "added", { name: taken.path, generation: taken.summary.generation });
    const paper = /\.pdf$/i.test(taken.path);
    const place = { source: taken.path, lines: null, page: paper ? 1 : null, box: null, quote: "" };
    const open = button(say("add_open"), () => openSource(place, open), { className: "link" });
    tell(now, "good", words, open);
  } catch (error) {
    const again = error.status === TAKEN ? button(say("add_replace"), () => take(file, told, refresh, true), { className: "link" }) : null;
    tell(told, "bad", say("add_failed", { name: file.name, why: error.message }), again);
  }
}

// With several server processes the one that answers next may still open the new generation.
async function arrived(taken) {
  for (let look = 0; look < PATIENCE; look += 1) {
    if ((await getJSON("/api/sources")).generation >= taken.summary.generation) return;
    await new Promise((resolve) => { setTimeout(resolve, 250); });
  }
}

function tell(told, kind, words, ...more) {
  told.replaceChildren(element("p", { className: kind }, words, " ", ...more.filter(Boolean)));
  announce(words);
}
