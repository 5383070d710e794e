// The language of the page: which words it says.
import { words } from "/words.js";
import { label } from "/dom.js";

let spoken = words.en;
const listeners = [];

export function say(key, values = {}) {
  return spoken[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export const code = () => spoken.code;

export const otherLanguage = () => (spoken === words.zh ? "en" : "zh");

// Called with every change of language, so that views can say themselves anew.
export function whenSpoken(listener) {
  listeners.push(listener);
}

export function speak(language) {
  spoken = words[language] ?? words.en;
  document.documentElement.lang = spoken.code;
  document.title = say("title");
  translate(document);
  for (const listener of listeners) listener();
}

// Fills in the words of everything below `root` that names one.
export function translate(root) {
  for (const node of root.querySelectorAll("[data-word]")) node.textContent = say(node.dataset.word);
  for (const node of root.querySelectorAll("[data-title]")) label(node, say(node.dataset.title));
  for (const node of root.querySelectorAll("[data-label]")) node.setAttribute("aria-label", say(node.dataset.label));
}

export function number(value) {
  return value.toLocaleString(spoken.code);
}
