/** Where it hurts: a grouped checkbox list is the control, and the figure mirrors it for those who like to point. */

import { back, front } from "./body_map_data.js";
import { el, svg } from "./dom.js";
import { sending, sendRow } from "./answers.js";
import { learn, t } from "./words.js";

learn({
  front: "Front", back: "Back", picked: "Chosen: {places}", picked_none: "Tap the figure or tick the list.",
  area_head: "Head and neck", area_arms: "Shoulders and arms", area_trunk: "Chest, back and tummy",
  area_legs: "Hips, legs and feet", area_all: "Anywhere else", choose_place: "Choose at least one place, or write it in words.",
});

const AREAS = {
  head: ["head", "jaw", "neck"],
  arms: ["shoulder", "scapula", "arm", "upper_arm", "elbow", "forearm", "wrist", "hand"],
  trunk: ["chest", "rib", "upper_back", "low_back", "abdomen"],
  legs: ["hip", "groin", "buttock", "leg", "thigh", "hamstring", "knee", "calf", "shin", "ankle", "foot", "heel"],
};
const SIDED = new Set([...AREAS.arms, ...AREAS.legs, "jaw", "rib"]);

/** The parts of the form; sends a list of `{site, side}`, both sides of one place as `both`. */
export function build(question, submit, form) {
  const sites = new Set((question.choices ?? []).map(({ value }) => value.site));
  if (sites.size === 1) return [sides(question.choices, submit)];
  const places = (question.choices?.length ? question.choices : everything()).map(place);
  const chosen = () => places.filter(({ box }) => box.checked);
  const picked = el("p", { class: "picked-now", role: "status" });
  const figures = places.length > 9 ? figure(places) : null; // fewer: only sides are missing
  form.addEventListener("change", () => {
    const labels = chosen().map(({ label }) => label);
    picked.textContent = labels.length ? t("picked", { places: labels.join(", ") }) : t("picked_none");
    figures?.mirror();
  });
  picked.textContent = t("picked_none");
  sending(form, () => {
    const all = chosen();
    if (!all.length) return t("choose_place");
    submit(merged(all.map(({ value }) => value)), all.map(({ label }) => label).join(", "));
    return null;
  });
  if (!figures) return [el("div", { class: "options" }, ...places.map(({ node }) => node)), ...sendRow()];
  return [figures.node, picked, ...areas(places), ...sendRow()];
}

/** Only the side of one place is missing: one tap says it. */
function sides(choices, submit) {
  return el("div", { class: "options" }, ...choices.map(({ value, label }) =>
    el("button", { type: "button", class: "option", onclick: () => submit([value], label) }, label)));
}

function everything() {
  return Object.values(AREAS).flat().flatMap((site) =>
    (SIDED.has(site) ? ["left", "right"] : [null]).map((side) => ({
      value: { site, side }, label: [side, site.replaceAll("_", " ")].filter(Boolean).join(" "),
    })));
}

function place({ value, label }) {
  const box = el("input", { type: "checkbox" });
  const spot = typeof value === "string" ? { site: value, side: null } : value;
  return { value: spot, label, box, node: el("label", { class: "option" }, box, el("span", {}, label)) };
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

/** Front and back for pointers only: every shape toggles the checkbox of its place, every checkbox lights its shape. */
function figure(places) {
  const shapes = [];
  const view = (name, rows) => el("div", {}, svg("svg", { viewBox: "-8 -4 328 938" }, ...rows.map(([site, side, d]) => {
    const match = places.find(({ value }) => value.site === site && (value.side ?? "") === side);
    const shape = svg("path", { d, class: match ? "place" : "plain" });
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
  return {
    node: el("div", { class: "figures", "aria-hidden": "true" }, view("front", front), view("back", back)),
    mirror: () => shapes.forEach(([shape, { box }]) => shape.classList.toggle("on", box.checked)),
  };
}

/** One entry for each place: left and right together, or `both` itself, are `both`. */
function merged(values) {
  const sides = new Map();
  for (const { site, side } of values) sides.set(site, [...(sides.get(site) ?? []), side ?? null]);
  return [...sides].map(([site, found]) => ({ site, side: found.length > 1 ? "both" : found[0] }));
}
