// The conversation: asks, shows the answer as it comes, keeps it.
import { $, announce, button, element, icon, label } from "/dom.js";
import { answerNodes, textLines } from "/answer.js";
import { events, getJSON } from "/net.js";
import { closeSource } from "/source.js";
import { say, whenSpoken } from "/speech.js";
import { conversation, keepTurn } from "/store.js";

const MAX_HISTORY = 20; // turns that are sent along

const state = { id: null, turns: [], busy: null, ideas: [], holdings: null };
const changed = []; // called when the conversation or the list of them changed

export const currentTalk = () => state.id;

export function whenTalkChanged(listener) {
  changed.push(listener);
}

// ── the first view ──────────────────────────────────────────────────────────────────────────────────────────

function welcome() {
  if (state.holdings) $("holdings").textContent = say("holdings", state.holdings);
  $("ideas").replaceChildren(...state.ideas.map((name) => {
    const text = say("idea", { name });
    return element("li", {}, button(text, () => ask(text)));
  }));
}

async function survey() {
  try {
    const { sources } = await getJSON("/api/sources");
    const papers = sources.filter((source) => source.kind === "paper").length;
    state.holdings = { notes: sources.length - papers, papers };
    const { entities } = await getJSON("/api/entities?limit=1000");
    state.ideas = entities.filter((e) => e.strength >= 3 && e.name.length <= 16)
      .sort((a, b) => b.aliases.length - a.aliases.length).slice(0, 3).map((e) => e.name);
    welcome();
  } catch (error) {
    $("holdings").textContent = say("failed", { why: error.message });
  }
}

// ── one turn ────────────────────────────────────────────────────────────────────────────────────────────────

const history = () => state.turns.slice(-MAX_HISTORY).flatMap(({ question, answer }) => [["user", question], ["assistant", answer.text]]);

export async function ask(question) {
  if (state.busy || !question.trim()) return;
  const control = new AbortController();
  state.busy = control;
  state.id ??= crypto.randomUUID?.() ?? String(Date.now());
  const id = state.id;
  begun();
  $("question").value = "";
  grow();
  sending(true);
  const before = history();
  const turn = turnNode(question, element("div", { className: "answer waiting", textContent: say("looking") }));
  $("talk").append(turn);
  turn.scrollIntoView({ block: "start" });
  const done = () => {
    turn.lastElementChild.classList.remove("waiting");
    if (state.busy !== control) return;
    state.busy = null;
    sending(false);
    if ($("source").hidden) $("question").focus({ preventScroll: true });
  };
  // An answer is kept, and the next question may come, as soon as it is there: the stream may end a little later.
  let answered = false;
  try {
    await listen(question, before, turn, control.signal, (answer) => {
      answered = true;
      if (state.id === id) {
        state.turns.push({ question, answer });
        keepTurn(id, question, answer);
        for (const listener of changed) listener();
      }
      done();
    });
  } catch (error) {
    if (answered) return;
    turn.classList.add("broken");
    turn.lastElementChild.textContent = error.name === "AbortError" ? say("stopped") : say("failed", { why: error.message });
    announce(turn.lastElementChild.textContent);
  }
  done();
}

async function listen(question, before, turn, signal, answered) {
  let text = "";
  for await (const [name, data] of events(question, before, signal)) {
    if (name === "error") throw new Error(data.error.message);
    if (name === "token") {
      text += data.text;
      turn.lastElementChild.classList.remove("waiting");
      turn.lastElementChild.replaceChildren(...textLines(text.split("\n"), new Map()));
    }
    if (name === "answer") {
      fill(turn, data, before);
      announce(data.abstained ? data.text || say("abstained") : say("answered", { n: data.citations.length }));
      answered(data);
    }
  }
}

function turnNode(question, ...parts) {
  return element("article", { className: "turn" }, element("h2", { className: "asked", textContent: question }), ...parts);
}

function fill(turn, data, before) {
  turn.classList.toggle("abstained", data.abstained);
  turn.replaceChildren(turn.firstElementChild, ...answerNodes(data, before));
}

function begun() {
  document.body.classList.remove("empty");
  $("welcome").hidden = true;
}

// ── conversations ───────────────────────────────────────────────────────────────────────────────────────────

export function beginTalk() {
  leave();
  document.body.classList.add("empty");
  $("welcome").hidden = false;
  $("question").focus();
  for (const listener of changed) listener();
}

export function openTalk(id) {
  const found = conversation(id);
  if (!found) return;
  leave();
  state.id = id;
  state.turns = [...found.turns];
  begun();
  drawTurns();
  $("talk").lastElementChild?.scrollIntoView({ block: "start" });
  for (const listener of changed) listener();
}

function drawTurns() {
  $("talk").replaceChildren(...state.turns.map(({ question, answer }, at) => {
    const before = state.turns.slice(Math.max(at - MAX_HISTORY, 0), at);
    const turn = turnNode(question);
    fill(turn, answer, before.flatMap((one) => [["user", one.question], ["assistant", one.answer.text]]));
    return turn;
  }));
}

function leave() {
  state.busy?.abort();
  state.busy = null;
  closeSource(false);
  state.id = null;
  state.turns = [];
  $("talk").replaceChildren();
  sending(false);
}

// ── the question box ────────────────────────────────────────────────────────────────────────────────────────

function grow() {
  const box = $("question");
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
  if (!state.busy) $("send").disabled = !box.value.trim();
}

function sending(busy) {
  $("send").replaceChildren(icon(busy ? "stop" : "send"));
  $("send").dataset.title = busy ? "stop" : "send";
  label($("send"), say(busy ? "stop" : "send"));
  $("send").disabled = !busy && !$("question").value.trim();
}

export function readyAsk() {
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
  whenSpoken(() => {
    $("question").placeholder = say("placeholder");
    sending(state.busy !== null);
    welcome();
    if (state.turns.length && !state.busy) drawTurns();
  });
  document.body.classList.add("empty");
  survey();
}
