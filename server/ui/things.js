// Everything that the notes speak of.
import { element } from "/dom.js";
import { getJSON } from "/net.js";
import { say } from "/speech.js";
import { ticked } from "/text.js";
import { folded, head, loaded, searchBox } from "/view.js";

const MOST = 300; // drawn at once; the filter finds the others
let wanted = "";

export async function showThings(root) {
  const found = await loaded(root, () => getJSON("/api/corpus/things"));
  if (!found) return;
  const things = found.things.sort((a, b) => b.facts - a.facts || (a.name < b.name ? -1 : 1));
  const list = element("ul", { className: "things" });
  const count = element("p", { className: "hint", role: "status" });
  const draw = () => {
    const hits = things.filter((thing) => folded(`${thing.display} ${thing.aliases.join(" ")}`).includes(wanted));
    count.textContent = say("things_count", { shown: Math.min(hits.length, MOST), n: things.length });
    list.replaceChildren(...hits.slice(0, MOST).map(row));
  };
  const box = searchBox(say("filter_things"), (text) => { wanted = text; draw(); }, wanted);
  draw();
  root.replaceChildren(head(say("view_things"), say("things_lead")), element("div", { className: "bar" }, box, count), list);
}

function row(thing) {
  const others = thing.aliases.filter((alias) => alias.toLowerCase() !== thing.name.toLowerCase() && !thing.display.includes(alias));
  return element("li", {}, element("a", { href: `#/thing/${encodeURIComponent(thing.name)}` },
    element("span", { className: "name" }, ...ticked(thing.display)),
    others.length ? element("span", { className: "others", textContent: others.slice(0, 4).join(" · ") }) : "",
    element("span", { className: "hint", textContent: say("facts_count", { facts: thing.facts, sources: thing.sources }) })));
}
