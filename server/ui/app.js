// Puts the page together: language, theme, views, keys. Views other than the conversation are loaded when first opened.
import { $ } from "/dom.js";
import { readyAsk } from "/ask.js";
import { readySidebar } from "/sidebar.js";
import { closeSource, readySource } from "/source.js";
import { otherLanguage, say, speak, whenSpoken } from "/speech.js";
import { remember, remembered } from "/store.js";

const VIEWS = {
  ask: async () => () => {},
  sources: async () => (await import("/sources.js")).showSources,
  things: async () => (await import("/things.js")).showThings,
  thing: async () => (await import("/profile.js")).showProfile,
  matrix: async () => (await import("/matrix.js")).showMatrix,
  timeline: async () => (await import("/timeline.js")).showTimeline,
};
const TABS = { thing: "things" }; // views that belong to another's tab
let shown = "";

// "#/thing/NAME" is the view "thing" of NAME; anything unknown is the conversation.
function route() {
  const [view, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  let argument = rest.join("/");
  try { argument = decodeURIComponent(argument); } catch { /* taken as it stands */ }
  return Object.hasOwn(VIEWS, view) ? [view, argument] : ["ask", ""];
}

async function show(moved) {
  const [view, argument] = route();
  const tab = TABS[view] ?? view;
  for (const link of document.querySelectorAll("#views a")) {
    if (link.dataset.view === tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.body.dataset.view = tab;
  if (moved && view !== shown) closeSource(false);
  shown = view;
  $("view-ask").hidden = view !== "ask";
  $("view").hidden = view === "ask";
  if (view !== "ask") {
    if (moved) $("view").replaceChildren();
    const draw = await VIEWS[view]();
    if (route()[0] === view && route()[1] === argument) await draw($("view"), argument);
  }
  if (moved) (view === "ask" ? $("question") : $("view")).focus({ preventScroll: true });
}

function shade(theme) {
  document.documentElement.dataset.theme = theme;
}

function readyHeader() {
  document.querySelector(".skip").onclick = (event) => {
    event.preventDefault(); // its target is no view
    $("main").focus();
  };
  $("language").onclick = () => {
    const chosen = otherLanguage();
    remember("language", chosen);
    speak(chosen);
  };
  $("theme").onclick = () => {
    const chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    remember("theme", chosen);
    shade(chosen);
  };
  whenSpoken(() => {
    $("language").textContent = say("other");
    show(false);
  });
}

document.onkeydown = (event) => {
  if (event.key === "Escape" && !$("source").hidden) closeSource();
  if (event.key === "/" && document.activeElement === document.body) {
    event.preventDefault();
    (document.querySelector("#view:not([hidden]) input[type=search]") ?? $("question")).focus();
  }
};
addEventListener("hashchange", () => show(true));

shade(remembered("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
readyHeader();
readySource();
readyAsk();
readySidebar();
speak(remembered("language") ?? (navigator.language.startsWith("zh") ? "zh" : "en"));
if (route()[0] === "ask") $("question").focus();
