// Everything with a date as pictures: a strip to scale, and below it every entry with its words.
import { button, element } from "/dom.js";
import { drawChronicle, drawStrip } from "/chronicle.js";
import { getJSON } from "/net.js";
import { handOver } from "/source.js";
import { say } from "/speech.js";
import { folded, head, loaded, searchBox } from "/view.js";

const MOST = 250; // drawn at once
const choice = { wanted: "", year: "" };

export async function showTimeline(root) {
  const found = await loaded(root, () => getJSON("/api/corpus/timeline"));
  if (!found) return;
  const { events } = found;
  if (!events.length) {
    root.replaceChildren(head(say("view_timeline"), say("timeline_lead")), element("p", { className: "hint", textContent: say("timeline_empty") }));
    return;
  }
  const count = element("p", { className: "hint", role: "status" });
  const picture = element("div", { className: "picture" });
  const draw = () => {
    const hits = events.filter((event) => event.date.startsWith(choice.year))
      .filter((event) => folded(`${event.date} ${event.entity} ${event.attribute} ${event.text}`).includes(choice.wanted));
    count.textContent = say("timeline_count", { shown: hits.length, n: events.length });
    pictures(picture, hits);
  };
  root.replaceChildren(element("div", { className: "timeline" }, head(say("view_timeline"), say("timeline_lead")),
    element("div", { className: "bar" }, searchBox(say("timeline_filter"), (text) => { choice.wanted = text; draw(); }, choice.wanted),
      years(events, draw), count), picture));
  draw();
  redrawn(picture, draw);
}

function pictures(place, hits) {
  if (!hits.length) {
    place.replaceChildren();
    return;
  }
  const width = place.clientWidth || 800;
  const shown = hits.slice(0, MOST);
  const chronicle = drawChronicle(shown, width);
  const reach = (index) => chronicle.querySelectorAll(".entry")[index].focus();
  place.replaceChildren(drawStrip(shown, width, reach), chronicle,
    hits.length > MOST ? element("p", { className: "hint", textContent: say("timeline_cut", { n: MOST }) }) : "");
}

// Drawn anew for another width; what is open or has the focus stays so.
function redrawn(picture, draw) {
  let width = picture.clientWidth;
  new ResizeObserver(() => {
    if (!picture.isConnected || picture.clientWidth === width) return;
    width = picture.clientWidth;
    const before = [...picture.querySelectorAll(".entry")];
    const open = before.findIndex((entry) => entry.getAttribute("aria-expanded") === "true");
    const focused = before.indexOf(document.activeElement);
    draw();
    const after = picture.querySelectorAll(".entry");
    if (open >= 0) handOver(after[open]);
    if (focused >= 0) after[focused].focus({ preventScroll: true });
  }).observe(picture);
}

function years(events, draw) {
  const all = [...new Set(events.map((event) => event.date.slice(0, 4)))];
  if (all.length < 2) return null;
  const chips = ["", ...all].map((year) => button(year || say("timeline_all"), () => {
    choice.year = year;
    for (const chip of chips) chip.setAttribute("aria-pressed", String(chip.dataset.year === year));
    draw();
  }, { "aria-pressed": String(year === choice.year), "data-year": year }));
  return element("div", { className: "chips" }, ...chips);
}
