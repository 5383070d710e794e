// One thing: its names, its attributes with their places, what is said of it, where else it is mentioned.
import { button, element, icon } from "/dom.js";
import { ask } from "/ask.js";
import { getJSON } from "/net.js";
import { say } from "/speech.js";
import { link, linked, ticked } from "/text.js";
import { loaded, sourceMark, statementNode } from "/view.js";

export async function showProfile(root, name) {
  const thing = await loaded(root, () => getJSON(`/api/corpus/things/${encodeURIComponent(name)}`));
  if (!thing) return;
  const question = say("idea", { name: thing.name });
  const aliases = thing.aliases.filter((alias) => alias.toLowerCase() !== thing.name.toLowerCase());
  root.replaceChildren(element("article", { className: "profile" },
    element("a", { href: "#/things", className: "back" }, icon("previous"), say("back_things")),
    element("div", { className: "head" }, element("h2", {}, ...ticked(thing.display)),
      aliases.length ? element("p", { className: "lead" }, `${say("also")}: `, aliases.join(" · ")) : "",
      button(say("profile_ask"), () => { location.hash = "#/"; ask(question); }, { className: "quiet" })),
    section("profile_attributes", thing.attributes.length ? element("dl", {}, ...thing.attributes.map(attribute)) : element("p", { className: "hint", textContent: say("profile_nothing") })),
    thing.told.length ? section("profile_told", list(thing.told.map(statementNode)), thing.told.length, thing.total.told) : "",
    thing.links.length ? section("profile_links", list(thing.links.map(outward))) : "",
    thing.mentions.length ? section("profile_mentions", list(thing.mentions.map(mention)), thing.mentions.length, thing.total.mentions) : "",
  ));
}

function section(key, content, shown = 0, total = 0) {
  return element("section", {}, element("h3", { textContent: say(key) }), content,
    total > shown ? element("p", { className: "hint", textContent: say("n_of", { shown, n: total }) }) : "");
}

function list(nodes) {
  return element("ul", { className: "told" }, ...nodes.map((node) => element("li", {}, node)));
}

function attribute(one) {
  const conflict = one.state === "conflict";
  return element("div", { className: conflict ? "pair disputed" : "pair" },
    element("dt", {}, ...ticked(one.name), conflict ? element("span", { className: "flag" }, icon("conflict"), say("conflict")) : ""),
    element("dd", {}, ...one.statements.map(statementNode), one.more ? element("span", { className: "hint", textContent: say("matrix_more", { n: one.more }) }) : ""));
}

function outward(one) {
  const shown = one.value.replace(/^https?:\/\//, "");
  return element("span", {}, one.label ? `${one.label} — ` : "", link(one.value, shown), sourceMark(one));
}

function mention(one) {
  const about = [one.entity, one.attribute].filter(Boolean).join(" · ");
  return element("span", {}, about ? element("b", { textContent: `${about}: ` }) : "", ...linked(one.value), sourceMark(one));
}
