// Conversations at the side: open one, forget one, begin a new one.
import { $, button, element, icon, iconButton } from "/dom.js";
import { beginTalk, currentTalk, openTalk, whenTalkChanged } from "/ask.js";
import { say, whenSpoken } from "/speech.js";
import { conversations, forget } from "/store.js";

function draw() {
  const kept = conversations();
  const fresh = element("button", { type: "button", className: "fresh", id: "fresh", onclick: () => { beginTalk(); fold(true); } },
    icon("add"), say("fresh"));
  $("side").replaceChildren(fresh,
    kept.length ? element("ul", {}, ...kept.map(row)) : element("p", { className: "hint", textContent: say("no_talks") }));
}

function row(talk) {
  const open = button(talk.title, () => { openTalk(talk.id); fold(true); }, { className: "talk", title: talk.title });
  if (talk.id === currentTalk()) open.setAttribute("aria-current", "true");
  const drop = iconButton("bin", say("forget", { title: talk.title }), () => {
    forget(talk.id);
    if (talk.id === currentTalk()) beginTalk();
    draw();
    ($("side").querySelector(".talk") ?? $("fresh")).focus();
  }, { className: "drop" });
  return element("li", {}, open, drop);
}

// On a narrow screen the list lies over the page until something is chosen.
function fold(folded) {
  $("room").classList.toggle("sided", !folded);
  $("menu").setAttribute("aria-expanded", String(!folded));
}

export function readySidebar() {
  $("menu").onclick = () => {
    const opening = !$("room").classList.contains("sided");
    fold(!opening);
    if (opening) $("fresh").focus();
  };
  $("side").onkeydown = (event) => {
    if (event.key === "Escape" && $("room").classList.contains("sided")) {
      event.stopPropagation();
      fold(true);
      $("menu").focus();
    }
  };
  whenTalkChanged(draw);
  whenSpoken(draw);
  draw();
}
