// What the browser keeps: choices, and conversations. Private windows may refuse; it then lasts one visit.

const MOST = 40; // conversations kept
const KEY = "conversations";

export function remembered(key) {
  try { return localStorage.getItem(key); } catch { return null; }
}

export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
    return true;
  } catch { return false; }
}

let kept = read();

function read() {
  try {
    const found = JSON.parse(remembered(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => one && typeof one.id === "string" && Array.isArray(one.turns)) : [];
  } catch { return []; }
}

export const conversations = () => kept;

export const conversation = (id) => kept.find((one) => one.id === id);

// Adds a turn to a conversation, which moves to the top; a full store lets go of the oldest.
export function keepTurn(id, question, answer) {
  const found = conversation(id) ?? { id, title: question.slice(0, 120), turns: [] };
  const { retrieved, timings_ms, ...shown } = answer;
  found.turns.push({ question, answer: shown });
  found.at = new Date().toISOString();
  kept = [found, ...kept.filter((one) => one.id !== id)].slice(0, MOST);
  save();
}

export function forget(id) {
  kept = kept.filter((one) => one.id !== id);
  save();
}

function save() {
  while (!remember(KEY, JSON.stringify(kept)) && kept.length > 1) kept = kept.slice(0, -1);
}
