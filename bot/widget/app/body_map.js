/** Where it hurts: a grouped checkbox list is the control, the figure and the words being written mirror it. */

import { el, svg } from "./dom.js";
import { sending, sendRow } from "./answers.js";
import { language, t } from "./words.js";

const AREAS = {
  head: ["head", "jaw", "neck"],
  arms: ["shoulder", "scapula", "arm", "upper_arm", "elbow", "forearm", "wrist", "hand"],
  trunk: ["chest", "rib", "upper_back", "low_back", "abdomen"],
  legs: ["hip", "groin", "buttock", "leg", "thigh", "hamstring", "knee", "calf", "shin", "ankle", "foot", "heel"],
};
const VIEWS = ["both_views", "front", "back"];

/** The parts of the form; sends a list of `{site, side}`, both sides of one place as `both`, or words where it spreads. */
export async function body_map(question, submit, form) {
  const sites = new Set(question.choices.map(({ value }) => value.site));
  if (sites.size === 1) return [sides(question.choices, submit)];
  const places = question.choices.map(spot);
  const order = []; // places in the order they were chosen: a pain that spreads starts in the first
  const picked = el("p", { class: "picked-now", role: "status" });
  // Fewer: only sides are missing. Without the drawing the list does everything.
  const drawing = places.length > 9 && (await import("./body_map_data.js").catch(() => null));
  const figures = drawing ? figure(places, drawing) : null;
  const spread = spreading();
  const mirror = (unsided = []) => {
    places.forEach((one) => {
      const at = order.indexOf(one);
      if (one.box.checked && at < 0) order.push(one);
      if (!one.box.checked && at >= 0) order.splice(at, 1);
    });
    const labels = order.map(({ label }) => label);
    picked.textContent = labels.length ? t("picked", { places: labels.join(", ") }) : t("picked_none");
    spread.offer(order);
    figures?.mirror(unsided);
  };
  form.addEventListener("change", () => mirror());
  mirror();
  sending(form, () => {
    if (!order.length) return t("choose_place");
    const words = spread.words(order);
    if (words) submit(undefined, words);
    else submit(merged(places.filter(({ box }) => box.checked).map(({ value }) => value)), order.map(({ label }) => label).join(", "));
    return null;
  });
  if (places.length <= 9) return [el("div", { class: "options" }, ...places.map(({ node }) => node)), ...sendRow()];
  hearing(places, mirror).then((hears) => {
    form.querySelector("fieldset").hears = hears;
    hears(document.getElementById("text").value); // written while the table was on its way
  }, () => {});
  return [picked, figures?.node ?? "", ...areas(places), spread.node, ...sendRow()];
}

/** Only the side of one place is missing: one tap says it. */
function sides(choices, submit) {
  return el("div", { class: "options" }, ...choices.map(({ value, label }) =>
    el("button", { type: "button", class: "option", onclick: () => submit([value], label) }, label)));
}

function spot({ value, label }) {
  const box = el("input", { type: "checkbox" });
  const where = typeof value === "string" ? { site: value, side: null } : value;
  return { value: where, label, box, node: el("label", { class: "option" }, box, el("span", {}, label)) };
}

function areas(places) {
  const area = ({ value }) => Object.keys(AREAS).find((key) => AREAS[key].includes(value.site)) ?? "all";
  return [...Object.keys(AREAS), "all"].map((key) => {
    const rows = places.filter((one) => area(one) === key);
    return rows.length ? el("details", { class: "area" }, el("summary", {}, t(`area_${key}`)),
      el("div", { class: "pairs" }, ...rows.map(({ node, value }) => {
        node.classList.toggle("whole", !["left", "right"].includes(value.side));
        return node;
      }))) : "";
  });
}

/** Whether a pain in several places spreads, and from where; said in words, as a person would. */
function spreading() {
  const box = el("input", { type: "checkbox" });
  const from = el("select", { id: "spread-from" });
  const row = el("div", { class: "field", hidden: true }, el("label", { for: "spread-from" }, t("from")), from);
  const node = el("div", { class: "spread", hidden: true }, el("label", { class: "option" }, box, el("span", {}, t("spreads"))), row);
  const offer = (order) => {
    node.hidden = order.length < 2;
    row.hidden = !box.checked;
    const start = from.value;
    from.replaceChildren(...order.map(({ label }) => el("option", {}, label)));
    if (order.some(({ label }) => label === start)) from.value = start;
  };
  const words = (order) => {
    if (!box.checked || order.length < 2) return null;
    const others = order.map(({ label }) => label).filter((label) => label !== from.value);
    const lower = (text) => text.charAt(0).toLowerCase() + text.slice(1);
    return t("spread_words", { from: from.value, to: others.map(lower).join(", ") });
  };
  return { node, offer, words };
}

/** Front and back for pointers only: every shape toggles the checkbox of its place, every checkbox lights its shape. */
function figure(places, drawing) {
  const shapes = [];
  const view = (name) => el("div", { class: name }, svg("svg", { viewBox: "-8 -4 328 938" }, ...drawing[name].flatMap(mirrored(drawing.width[name])).map(([site, side, d, transform]) => {
    const match = places.find(({ value }) => value.site === site && (value.side ?? "") === side);
    const shape = svg("path", { d, transform, class: match ? "place" : "plain" });
    if (match) {
      shape.append(svg("title", {}, match.label));
      shape.addEventListener("click", () => {
        match.box.checked = !match.box.checked;
        match.box.dispatchEvent(new Event("change", { bubbles: true }));
      });
      shapes.push([shape, match]);
    }
    return shape;
  })), el("span", {}, t(name)));
  const drawn = el("div", { class: "drawn" }, view("front"), view("back"));
  const show = (view) => {
    drawn.dataset.view = view;
    tabs.forEach((tab) => tab.classList.toggle("on", tab.dataset.show === view));
  };
  // The one view alone is as wide as the chat: the zoom for fingers. Keyboards have the list, so these take no focus.
  const tabs = VIEWS.map((name) => el("button", { type: "button", tabindex: "-1", "data-show": name, onclick: () => show(name) }, t(name)));
  show(VIEWS[0]);
  return {
    node: el("div", { class: "figures", "aria-hidden": "true" }, el("div", { class: "views" }, ...tabs), drawn),
    mirror: (unsided) => shapes.forEach(([shape, one]) => {
      shape.classList.toggle("on", one.box.checked);
      shape.classList.toggle("maybe", unsided.includes(one));
    }),
  };
}

const OTHER = { left: "right", right: "left", "": "" };

/** A shape of the half that is drawn, and the same on the other side. */
const mirrored = (width) => ([site, side, d]) => [[site, side, d, ""], [site, OTHER[side], d, `matrix(-1 0 0 1 ${width} 0)`]];

/** What lights up the places named in a text while it is written; ticks made by hand stay. */
async function hearing(places, mirror) {
  const table = await (await fetch(`/widget/app/places.${language}.json`)).json();
  const whole = (words) => new RegExp(`(?<!\\p{L})(?:${words.replaceAll("~", "(?:[^ ]+ ){0,2}")})(?!\\p{L})`, "giu");
  const phrases = Object.entries(table.sites).flatMap(([site, all]) => all.split(";").map((words) => [site, words]))
    .sort(([, one], [, other]) => other.length - one.length).map(([site, words]) => [site, whole(words)]);
  const side = (text) => ["left", "right", "both"].find((key) => text.search(whole(table.sides[key])) >= 0);
  let heard = [];
  return (text) => {
    const named = [];
    const unsided = [];
    let rest = text;
    for (const [site, pattern] of phrases) {
      rest = rest.replace(pattern, (words, at) => {
        const near = side(rest.slice(Math.max(0, at - 12), at + words.length + 14));
        for (const one of places.filter(({ value }) => value.site === site)) {
          const sided = ["left", "right"].includes(one.value.side);
          if (!sided || near === "both" || near === one.value.side) named.push(one);
          else if (!near) unsided.push(one);
        }
        return " ".repeat(words.length);
      });
    }
    heard.filter((one) => !named.includes(one)).forEach(({ box }) => { box.checked = false; });
    heard = named.filter((one) => !one.box.checked || heard.includes(one));
    heard.forEach(({ box }) => { box.checked = true; });
    mirror(unsided);
  };
}

/** One entry for each place: left and right together, or `both` itself, are `both`. */
function merged(values) {
  const sides = new Map();
  for (const { site, side } of values) sides.set(site, [...(sides.get(site) ?? []), side ?? null]);
  return [...sides].map(([site, found]) => ({ site, side: found.length > 1 ? "both" : found[0] }));
}
