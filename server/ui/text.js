// Text of notes and answers as nodes: marks, ticks, links, inline markup. Nothing is ever parsed as HTML.
import { element, icon } from "/dom.js";

const TICKS = /([✅✔☑✓☑]|[❌✖✗✘❎])\uFE0F?/gu;
const URL_TEXT = /https?:\/\/[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]{1,2000}/g;
const DEEPEST = 5; // markup within markup

// Every part bounded, so that hostile text costs little.
const MARKUP = new RegExp([
  "(?<escape>\\\\[!-/:-@\\[-`{-~])",
  "(?<fence>`{1,3})(?<code>[^`]{1,2000})\\k<fence>(?!`)",
  "(?<image>!?)\\[(?<text>[^\\[\\]\\n]{0,500})\\]\\(\\s{0,9}<?(?<target>[^)\\s>]{1,2000})>?(?:\\s[^)\\n]{0,300})?\\)",
  "\\[(?<named>[^\\[\\]\\n]{1,500})\\](?:\\[[^\\[\\]\\n]{0,200}\\])?",
  "\\*\\*(?=\\S)(?<bold>(?:[^*\\n]|\\*(?!\\*)){1,1000}?)\\*\\*",
  "~~(?=\\S)(?<struck>[^~\\n]{1,1000}?)~~",
  "(?<![\\w*])\\*(?=[^\\s*])(?<slanted>[^*\\n]{1,500}?)\\*(?![\\w*])",
  "<(?<auto>https?:\\/\\/[^\\s<>]{1,2000})>",
  "(?<bare>https?:\\/\\/[A-Za-z0-9\\-._~:/?#@!$&'()*+,;=%]{1,2000})",
  "(?<line><br\\s?\\/?>)",
].join("|"), "gi");

// Check and cross marks as drawings, the same on every machine.
export function ticked(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(TICKS)) {
    const name = /[✅✔☑✓]/u.test(match[1]) ? "yes" : "no";
    parts.push(text.slice(from, match.index), element("span", { className: `tick ${name}` }, icon(name, match[1])));
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)].filter((part) => part !== "");
}

// A link that leads out of the page; anything but http(s) stays text.
export function link(target, ...children) {
  let address = null;
  try { address = new URL(target); } catch { /* relative to a note: leads nowhere here */ }
  if (!address || !/^https?:$/.test(address.protocol)) return element("span", { className: "unlinked" }, ...children);
  return element("a", {
    href: address.href, target: "_blank", rel: "noopener noreferrer nofollow", className: "out",
  }, ...children);
}

// Text with its addresses as links.
export function linked(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(URL_TEXT)) {
    const url = trimmed(match[0]);
    parts.push(...ticked(text.slice(from, match.index)), link(url, bare(url)));
    from = match.index + url.length;
  }
  return [...parts, ...ticked(text.slice(from))];
}

// An address as people say it.
const bare = (url) => url.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "");

// Without the punctuation behind it, which belongs to the sentence.
function trimmed(url) {
  const ended = url.replace(/[.,;:!?'*_~]+$/, "");
  return ended.endsWith(")") && !ended.includes("(") ? ended.replace(/\)+$/, "") : ended;
}

// One line of a note with its inline markup. Pictures show their description: nothing is loaded from elsewhere.
// `targets` are the addresses of links that are named in the line and stand elsewhere.
export function inline(text, targets = {}, depth = 0) {
  if (depth > DEEPEST) return [text];
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(MARKUP)) {
    if (match.index < from) continue;
    let end = match.index + match[0].length;
    const found = match.groups;
    if (found.named && !Object.hasOwn(targets, found.named)) continue;
    parts.push(...ticked(text.slice(from, match.index)));
    if (found.escape) parts.push(found.escape[1]);
    else if (found.code !== undefined) parts.push(element("code", { textContent: found.code }));
    else if (found.target) parts.push(linkOrPicture(found, targets, depth));
    else if (found.named) parts.push(link(targets[found.named], found.named));
    else if (found.bold) parts.push(element("strong", {}, ...inline(found.bold, targets, depth + 1)));
    else if (found.struck) parts.push(element("del", {}, ...inline(found.struck, targets, depth + 1)));
    else if (found.slanted) parts.push(element("em", {}, ...inline(found.slanted, targets, depth + 1)));
    else if (found.auto) parts.push(link(found.auto, bare(found.auto)));
    else if (found.line) parts.push(element("br"));
    else {
      const url = trimmed(found.bare);
      parts.push(link(url, bare(url)));
      end = match.index + url.length;
    }
    from = end;
  }
  return [...parts, ...ticked(text.slice(from))].filter((part) => part !== "");
}

function linkOrPicture(found, targets, depth) {
  const shown = found.text.trim() ? inline(found.text, targets, depth + 1) : [found.target];
  return found.image ? element("span", { className: "picture" }, link(found.target, ...shown)) : link(found.target, ...shown);
}
