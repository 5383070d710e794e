// Thumbs below an answer, and what it should have been.
import { announce, button, element, iconButton } from "/dom.js";
import { postJSON } from "/net.js";
import { say } from "/speech.js";

export function feedback(data, history) {
  const box = element("div", { className: "feedback", hidden: true });
  const send = async (rating, more = {}) => {
    try {
      await postJSON("/api/feedback", { rating, question: data.question, history, ...more });
      box.replaceChildren(element("p", { className: "hint", textContent: say("feedback_thanks") }));
      announce(say("feedback_thanks"));
    } catch (error) {
      box.replaceChildren(element("p", { className: "hint bad", textContent: say("failed", { why: error.message }) }));
    }
    box.hidden = false;
  };
  const press = (chosen) => {
    for (const thumb of [good, bad]) thumb.setAttribute("aria-pressed", String(thumb === chosen));
  };
  const good = iconButton("up", say("good"), () => { press(good); send("up"); }, { "aria-pressed": "false" });
  const bad = iconButton("down", say("bad"), () => {
    press(bad);
    box.replaceChildren(form(send));
    box.hidden = false;
    box.querySelector("textarea").focus();
  }, { "aria-pressed": "false" });
  return [good, bad, box];
}

function form(send) {
  const correction = element("textarea", { rows: 2, maxLength: 4000 });
  const comment = element("textarea", { rows: 1, maxLength: 4000 });
  const submit = button(say("feedback_send"), null, { type: "submit", className: "main" });
  const made = element("form", { className: "correct" },
    element("p", { textContent: say("feedback_title") }),
    element("label", {}, say("feedback_correction"), correction),
    element("label", {}, say("feedback_comment"), comment), submit);
  made.onsubmit = (event) => {
    event.preventDefault();
    send("down", { correction: correction.value.trim() || null, comment: comment.value.trim() || null });
  };
  return made;
}
