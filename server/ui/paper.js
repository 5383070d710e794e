// A page of a paper in the panel: its picture with the cited box outlined, or its text.
import { element, iconButton } from "/dom.js";
import { generationOf, underlined } from "/note.js";
import { encoded } from "/net.js";
import { say } from "/speech.js";

export async function showPage(view) {
  const { citation, written, body } = view;
  const address = `/api/sources/${encoded(citation.source)}`;
  const source = await generationOf(citation, `${address}?first=${citation.page}&last=${citation.page}`);
  view.retitle(source.title || citation.source);
  const page = element("div", { className: "page" });
  body.replaceChildren(turner(view, source.total, page), page);
  if (written) return showText(page, source.text, citation);
  const marks = citation.box ? `?mark=${citation.box.map((side) => Math.round(side * 10) / 10).join(",")}` : "";
  const picture = element("img", {
    src: `${address}/pages/${citation.page}.png${marks}`,
    alt: say("page_picture", { a: citation.page, title: source.title || citation.source }),
  });
  picture.onerror = () => {
    page.replaceChildren(element("p", { className: "hint", textContent: say("page_text") }));
    showText(page, source.text, citation);
  };
  picture.onload = () => centre(picture, citation.box);
  page.replaceChildren(picture);
  if (citation.quote) page.append(element("blockquote", { textContent: citation.quote }));
  return undefined;
}

// Scrolls to the box, which is in points from the top left; the picture has two dots a point.
function centre(picture, box) {
  const room = picture.closest("#source-text");
  if (!box || !room) return;
  const middle = ((box[1] + box[3]) / Math.max(picture.naturalHeight, 1)) * picture.clientHeight;
  room.scrollTop = picture.offsetTop - room.offsetTop + middle - room.clientHeight / 2;
}

function showText(page, text, citation) {
  const at = citation.quote ? text.indexOf(citation.quote) : -1;
  const marked = at < 0 ? [] : [[at, at + citation.quote.length]];
  page.append(element("div", { className: "page-text" }, ...underlined(text, marked)));
  page.querySelector("mark")?.scrollIntoView({ block: "center" });
}

function turner(view, total, shown) {
  const { page } = view.citation;
  const step = (name, key, to) => {
    const made = iconButton(name, say(key), () => view.turn(to));
    made.disabled = to < 1 || to > total;
    return made;
  };
  return element("div", { className: "turner" },
    step("previous", "page_previous", page - 1),
    element("span", { textContent: say("page_of", { a: page, n: total }) }),
    step("next", "page_next", page + 1), view.written ? "" : enlarger(shown));
}

function enlarger(page) {
  const made = iconButton("add", say("page_enlarge"), () => {
    made.setAttribute("aria-pressed", String(page.classList.toggle("large")));
  }, { "aria-pressed": "false" });
  return made;
}
