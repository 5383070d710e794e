// Building elements. All text goes in as text, never as markup: nothing here or elsewhere parses HTML.

export const $ = (id) => document.getElementById(id);

const SVG = "http://www.w3.org/2000/svg";

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("aria-") || name.startsWith("data-") || name === "role") made.setAttribute(name, value);
    else if (value !== undefined) made[name] = value;
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== ""));
  return made;
}

// Drawn by hand on a 16 by 16 grid, so that no icon or emoji font is needed.
const ICONS = {
  yes: "M3 8.6l3.2 3.2L13 4.6",
  no: "M4.2 4.2l7.6 7.6M11.8 4.2l-7.6 7.6",
  conditional: "M2.6 9.4c1.6-3.4 3.6-3.4 5.4-1.4s3.8 2 5.4-1.4",
  unknown: "M5.6 6a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.2.9-1.2 1.8M8 12.6v.1",
  conflict: "M3 6h10M3 10h10M10.6 3L5.4 13",
  send: "M8 13V3.4M3.8 7.4L8 3.2l4.2 4.2",
  stop: "M4.5 4.5h7v7h-7z",
  close: "M4 4l8 8M12 4l-8 8",
  theme: "M8 2.2a5.8 5.8 0 1 0 0 11.6zM8 2.2a5.8 5.8 0 0 1 0 11.6",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h7",
  add: "M8 3v10M3 8h10",
  up: "M5 7.4V13H2.8V7.4zM5 7.4l2.6-5c1.2 0 1.7.8 1.5 1.9L8.8 6.2h3.4c.9 0 1.5.8 1.2 1.7l-1.2 4c-.2.7-.7 1.1-1.4 1.1H5",
  down: "M11 8.6V3h2.2v5.6zM11 8.6l-2.6 5c-1.2 0-1.7-.8-1.5-1.9L7.2 9.8H3.8c-.9 0-1.5-.8-1.2-1.7l1.2-4c.2-.7.7-1.1 1.4-1.1H11",
  note: "M4 2.5h5.5L12.5 5.5v8H4zM9.3 2.7v3h3M6 8.5h4.5M6 11h3",
  paper: "M3.5 2.5h9v11h-9zM5.5 5.5h5M5.5 8h5M5.5 10.5h3",
  fresh: "M3 8.6l3.2 3.2L13 4.6",
  changed: "M12.8 6.2A5 5 0 0 0 3.6 5.6M3.2 9.8a5 5 0 0 0 9.2.6M3.4 2.6v3h3M12.6 13.4v-3h-3",
  gone: "M3.5 8h9",
  failed: "M8 3v6M8 12.4v.1",
  new: "M8 3v10M3 8h10",
  sort: "M5 6.2L8 3l3 3.2M5 9.8L8 13l3-3.2",
  ascending: "M4 10l4-4.5L12 10",
  descending: "M4 6l4 4.5L12 6",
  previous: "M10 3.5L5.5 8l4.5 4.5",
  next: "M6 3.5L10.5 8L6 12.5",
  bin: "M3 4.5h10M6.5 4.3V3h3v1.3M4.5 4.5l.6 8.5h5.8l.6-8.5",
};

// A decoration; the words beside it, or the label, say what it means.
export function icon(name, label = "") {
  const drawn = svg("svg", { viewBox: "0 0 16 16", class: `icon icon-${name}` }, svg("path", { d: ICONS[name] }));
  if (label) {
    drawn.setAttribute("role", "img");
    drawn.setAttribute("aria-label", label);
  } else drawn.setAttribute("aria-hidden", "true");
  return drawn;
}

export function label(node, text) {
  node.title = text;
  node.setAttribute("aria-label", text);
}

export function button(text, onclick, properties = {}) {
  return element("button", { type: "button", textContent: text, onclick, ...properties });
}

// A button that shows an icon and says its label.
export function iconButton(name, text, onclick, properties = {}) {
  const made = element("button", { type: "button", onclick, ...properties }, icon(name));
  label(made, text);
  return made;
}

let announcing = 0;

// Tells screen readers what happened without moving the focus.
export function announce(text) {
  clearTimeout(announcing);
  $("announce").textContent = "";
  announcing = setTimeout(() => { $("announce").textContent = text; }, 60);
}
