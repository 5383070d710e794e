// Everything with a date as a picture: the axis is to scale, labels keep clear of each other.
import { button, element, svg } from "/dom.js";
import { getJSON } from "/net.js";
import { openSource, place } from "/source.js";
import { say } from "/speech.js";
import { folded, head, loaded, searchBox } from "/view.js";

const STEP = 46; // least distance between labels, in pixels
const MOST = 250; // drawn at once
const AXIS = 92; // where the axis stands
const LABEL = 148; // where the labels begin
const TOP = 28;
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
    picture.replaceChildren(hits.length ? drawn(hits.slice(0, MOST), picture.clientWidth || 800) : "",
      hits.length > MOST ? element("p", { className: "hint", textContent: say("timeline_cut", { n: MOST }) }) : "");
  };
  root.replaceChildren(element("div", { className: "timeline" }, head(say("view_timeline"), say("timeline_lead")),
    element("div", { className: "bar" }, searchBox(say("timeline_filter"), (text) => { choice.wanted = text; draw(); }, choice.wanted),
      years(events, draw), count), picture));
  draw();
  let width = picture.clientWidth;
  new ResizeObserver(() => {
    if (picture.clientWidth !== width) {
      width = picture.clientWidth;
      draw();
    }
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

// Days since 1970 of "2023", "2023-02" or "2023-02-24"; a date less precise stands at its beginning.
function day(date) {
  const [year, month = 1, of = 1] = date.split("-").map(Number);
  return Date.UTC(year, month - 1, of) / 86_400_000;
}

function drawn(events, width) {
  const [first, last] = [day(events[0].date), day(events.at(-1).date)];
  const height = Math.max(events.length * STEP, 120);
  const at = (date) => TOP + (last > first ? ((day(date) - first) / (last - first)) * (height - STEP) : 0);
  const labels = apart(events.map((event) => at(event.date)), STEP, TOP + height);
  const bottom = Math.max(labels.at(-1), TOP + height - STEP) + STEP;
  const whole = svg("svg", { class: "chronicle", width, height: bottom, viewBox: `0 0 ${width} ${bottom}`, role: "group",
    "aria-label": say("timeline_picture", { from: events[0].date, to: events.at(-1).date }) });
  whole.append(svg("line", { x1: AXIS, x2: AXIS, y1: TOP - 12, y2: bottom - STEP + 12, class: "axis" }), ...ticks(events, at));
  events.forEach((event, index) => whole.append(entry(event, at(event.date), labels[index], width)));
  return whole;
}

// Positions at least `step` apart, as near as may be to the wanted ones: runs that touch move as one.
function apart(wanted, step, limit) {
  const runs = [];
  for (const y of wanted) {
    runs.push({ total: y, size: 1, start: y });
    for (;;) {
      const [before, run] = runs.slice(-2);
      if (!run || before.start + before.size * step <= run.start) break;
      const size = before.size + run.size;
      const total = before.total + run.total - run.size * before.size * step;
      runs.splice(-2, 2, { total, size, start: Math.max(total / size, TOP) });
    }
  }
  return runs.flatMap(({ size, start }) => Array.from({ length: size }, (_, index) => Math.min(start, limit) + index * step));
}

// Months, or years where there are many, beside the axis.
function ticks(events, at) {
  const [from, to] = [events[0].date, events.at(-1).date];
  const months = [];
  const [year, month] = from.split("-").map(Number);
  for (let n = 0; n < 1200; n += 1) {
    const date = new Date(Date.UTC(year, (month || 1) - 1 + n, 1)).toISOString().slice(0, 7);
    if (day(date) > day(to)) break;
    if (day(date) >= day(from)) months.push(date);
  }
  const shown = months.length > 30 ? months.filter((one) => one.endsWith("-01")) : months;
  let above = -Infinity;
  return shown.flatMap((date) => {
    const y = at(date);
    if (y - above < 22) return [];
    above = y;
    const text = svg("text", { x: AXIS - 14, y: y + 4, class: "when" });
    text.textContent = months.length > 30 ? date.slice(0, 4) : date;
    return [svg("line", { x1: AXIS - 6, x2: AXIS, y1: y, y2: y, class: "axis" }), text];
  });
}

function entry(event, from, y, width) {
  const bend = (LABEL - AXIS) / 2;
  const path = svg("path", { d: `M${AXIS} ${from}C${AXIS + bend} ${from} ${LABEL - 12 - bend} ${y} ${LABEL - 12} ${y}`, class: "leader" });
  const told = event.attribute || event.text;
  const made = svg("g", { class: "entry", tabindex: "0", role: "button", "aria-expanded": "false" },
    svg("rect", { x: LABEL - 8, y: y - 19, width: Math.max(width - LABEL + 8, 40), height: STEP - 6, rx: 8 }), path,
    svg("circle", { cx: AXIS, cy: from, r: 4 }), line(`${event.date}  ${event.entity}`, y - 2, "what", width), line(told, y + 15, "more-said", width));
  made.setAttribute("aria-label", `${event.date} ${event.entity}${told ? `: ${told}` : ""}. ${event.places.map(place).join("; ")}`);
  const open = () => openSource(event.places[0], made);
  made.onclick = open;
  made.onkeydown = (pressed) => {
    if (pressed.key === "Enter" || pressed.key === " ") {
      pressed.preventDefault();
      open();
    }
  };
  return made;
}

// One line of text, cut to what fits: a Chinese character is about twice as wide as a Latin one.
function line(text, y, kind, width) {
  const room = (width - LABEL - 12) / (kind === "what" ? 8.2 : 7);
  let used = 0;
  let kept = "";
  for (const char of text) {
    used += char.charCodeAt(0) > 0x2e80 ? 1.9 : 1;
    if (used > room) {
      kept += "…";
      break;
    }
    kept += char;
  }
  const made = svg("text", { x: LABEL, y, class: kind });
  made.textContent = kept;
  return made;
}
