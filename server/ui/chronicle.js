// The two pictures of the timeline, drawn as SVG.
import { svg } from "/dom.js";
import { openSource, place } from "/source.js";
import { say } from "/speech.js";

const STEP = 30; // from one entry to the next of the same day, in pixels; a second line of words adds to it
const SECOND = 19; // what that second line takes
const WIDEST = 90; // the most that a gap in time adds
const TOP = 16;
const DOT = 4.5;

// Days since 1970 of "2023", "2023-02" or "2019-05-09"; a date less precise stands at its beginning.
function day(date) {
  const [year, month = 1, of = 1] = date.split("-").map(Number);
  return Date.UTC(year, month - 1, of) / 86_400_000;
}

// ── the strip: every date as a dot on an axis to scale, dots of about the same day on top of each other ─────

export function drawStrip(events, width, reach) {
  const [first, last] = [day(events[0].date), day(events.at(-1).date)];
  const inner = width - 60;
  const x = (date) => 30 + (last > first ? ((day(date) - first) / (last - first)) * inner : inner / 2);
  const heights = new Map();
  const dots = events.map((event, index) => {
    const bin = Math.round(x(event.date) / (2 * DOT + 1));
    const level = heights.get(bin) ?? 0;
    heights.set(bin, level + 1);
    return { event, index, cx: bin * (2 * DOT + 1), level };
  });
  const base = Math.min(Math.max(...heights.values()), 12) * (2 * DOT + 1) + 10;
  const made = svg("svg", { class: "strip", width, height: base + 28, viewBox: `0 0 ${width} ${base + 28}`, "aria-hidden": "true" },
    svg("line", { x1: 18, x2: width - 18, y1: base, y2: base, class: "axis" }), ...months(events, x, base));
  for (const { event, index, cx, level } of dots) {
    const dot = svg("circle", { cx, cy: base - 7 - Math.min(level, 11) * (2 * DOT + 1), r: DOT }, title(`${event.date} ${event.entity}`));
    dot.onclick = () => reach(index);
    made.append(dot);
  }
  return made;
}

function title(words) {
  const made = svg("title");
  made.textContent = words;
  return made;
}

// Months, or years where there are many, below the axis; those that would touch are left out.
function months(events, x, base) {
  const [year, month = 1] = events[0].date.split("-").map(Number);
  const to = day(events.at(-1).date);
  const found = [];
  for (let n = 0; n < 2400; n += 1) {
    const date = new Date(Date.UTC(year, month - 1 + n, 1)).toISOString().slice(0, 7);
    if (day(date) > to) break;
    if (day(date) >= day(events[0].date)) found.push(date);
  }
  const yearly = found.length > 24;
  let before = -Infinity;
  return found.filter((date) => !yearly || date.endsWith("-01")).flatMap((date) => {
    const at = x(date);
    if (at - before < 62) return [];
    before = at;
    const words = svg("text", { x: at, y: base + 20, class: "when" });
    words.textContent = yearly ? date.slice(0, 4) : date;
    return [svg("line", { x1: at, x2: at, y1: base, y2: base + 5, class: "axis" }), words];
  });
}

// ── the entries, one below the other; gaps grow with the logarithm of the time between ──────────────────────

export function drawChronicle(events, width) {
  const axis = width < 480 ? 98 : 112;
  const positions = [];
  let y = TOP;
  events.forEach((event, index) => {
    if (index) {
      const before = events[index - 1];
      const days = day(event.date) - day(before.date);
      y += STEP + (told(before) ? SECOND : 0) + (days > 0 ? Math.min(8 + 14 * Math.log2(1 + days / 4), WIDEST) : 0);
    }
    positions.push(y);
  });
  const height = y + STEP + SECOND;
  const made = svg("svg", { class: "chronicle", width, height, viewBox: `0 0 ${width} ${height}`, role: "group",
    "aria-label": say("timeline_picture", { from: events[0].date, to: events.at(-1).date }) },
  svg("line", { x1: axis, x2: axis, y1: TOP, y2: y, class: "axis" }));
  events.forEach((event, index) => made.append(entry(event, events[index - 1], positions[index], axis, width)));
  return made;
}

const told = (event) => event.attribute || event.text;

function entry(event, before, y, axis, width) {
  const left = axis + 22;
  const repeated = before?.date === event.date;
  const words = told(event);
  const made = svg("g", { class: "entry", tabindex: "0", role: "button", "aria-expanded": "false" },
    svg("rect", { x: left - 10, y: y - 14, width: Math.max(width - left + 8, 40), height: words ? 28 + SECOND : 28, rx: 8 }),
    svg("circle", { cx: axis, cy: y, r: repeated ? 3.5 : 6, class: repeated ? "repeat" : "" }),
    line(event.entity, left, y + 5, "what", width), words ? line(words, left, y + 5 + SECOND, "more-said", width) : "");
  if (!repeated) {
    const when = svg("text", { x: axis - 16, y: y + 5, class: "when" });
    when.textContent = event.date;
    made.append(when);
  }
  made.setAttribute("aria-label", `${event.date} ${event.entity}${words ? `: ${words}` : ""}. ${event.places.map(place).join("; ")}`);
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
function line(text, x, y, kind, width) {
  const room = (width - x - 8) / (kind === "what" ? 8.4 : 7.2);
  let used = 0;
  let kept = "";
  for (const char of text) {
    used += char.charCodeAt(0) > 0x2e80 ? 1.85 : 1;
    if (used > room) {
      kept += "…";
      break;
    }
    kept += char;
  }
  const made = svg("text", { x, y, class: kind });
  made.textContent = kept;
  return made;
}
