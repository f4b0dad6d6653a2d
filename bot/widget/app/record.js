/** What was understood, as chips by complaint with the visitor's own words; a tap asks that question again. */

import { el, icon } from "./dom.js";
import { t } from "./words.js";

const IDS = ["rf", "rf_unknown", "ci", "extra", "cleared_claimed"]; // values are ids of the rules: shown by the words they came from
const CLOSED = ["sex", "for_whom", "complaint", "onset", "doctor"]; // one of a few values, each with a word in `v_…`
const ACHE = ["complaint", "sites", "duration_days", "onset", "nrs", "function_limited", "function", "qualities", "narrative"];
const OURS = ["cleared", "complaints"]; // what staff noted, and the list behind the fields with `#`: nothing of its own

/** Fills `place` with a chip for each known field of `GET /record`, by complaint; `fix(field)` starts a correction. */
export async function chips(place, session, fix) {
  let known;
  try {
    known = await (await session.call("/record")).json();
  } catch {
    place.replaceChildren(el("p", { class: "hint" }, t("record_down")));
    return;
  }
  const groups = new Map();
  for (const [field, entry] of Object.entries(known)) {
    const chip = one(field, entry);
    const [plain, number = "1"] = field.split("#");
    const better = known[field.replace("function_limited", "function")];
    if (!chip || (plain === "function_limited" && better?.value)) continue; // what it stops says that it limits
    const group = ACHE.includes(plain) ? number : "you";
    groups.set(group, [...(groups.get(group) ?? []), chip]);
  }
  const aches = [...groups.keys()].filter((key) => key !== "you").sort();
  const list = (entries) => el("ul", { class: "chips" }, ...entries.map((entry) => shownAs(entry, fix)));
  const titled = (key) => [el("h2", {}, t(key === "you" ? "about_you" : "ache_n", { n: key })), list(groups.get(key))];
  const order = [...aches, ...(groups.has("you") ? ["you"] : [])];
  const focused = place.contains(document.activeElement) && document.activeElement.dataset.field;
  place.replaceChildren(...(!groups.size ? [el("p", { class: "hint" }, t("nothing_yet"))]
    : aches.length > 1 ? order.flatMap(titled) : [list(order.flatMap((key) => groups.get(key)))]));
  if (focused) place.querySelector(`[data-field="${focused}"]`)?.focus(); // filled anew while somebody is on a chip
}

/** Name, value in words and the visitor's own words of one field; null for what is unknown, empty or not the visitor's. */
function one(field, { value, said = [] }) {
  const plain = field.replace(/#\d+$/, "");
  const quotes = [...new Set(said.map(({ text }) => text).filter(Boolean))];
  const words = shown(plain, value);
  if (!words || OURS.includes(plain)) return null;
  const key = `f_${plain}`;
  const ids = IDS.includes(plain);
  return {
    field,
    name: t(key) === key ? plain.replaceAll("_", " ") : t(key),
    value: !ids ? words : quotes.length ? quotes.join("; ") : t("questions", { n: value.length }),
    quote: ids || !quotes.length || same(quotes.at(-1), words) ? null : quotes.at(-1),
  };
}

const same = (one, other) => [one, other].map((text) => text.toLowerCase().replace(/\W/g, "")).reduce((a, b) => a === b);

function shownAs({ field, name, value, quote }, fix) {
  return el("li", {}, el("button", { type: "button", "data-field": field, title: t("fix", { field: name }), onclick: () => fix(field) },
    el("span", { class: "field-name" }, name, icon("pen")), el("span", { class: "value" }, value),
    quote ? el("q", {}, quote) : null,
    el("span", { class: "vh" }, t("fix", { field: name }))));
}

/** A value in words; null for what is unknown or empty. */
function shown(field, value) {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (field === "bp") return value.join("/");
  if (field === "duration_days") return t(value === 1 ? "day_1" : "days", { n: value });
  if (Array.isArray(value)) return value.length ? value.map((part) => shown(field, part)).join(", ") : null;
  if (typeof value === "object") {
    if ("site" in value) return place(value);
    return Object.values(value).map((part) => shown("", part)).filter(Boolean).join(", ") || null;
  }
  if (CLOSED.includes(field)) return field === "onset" && value === "none" ? null : word(t(`v_${value}`).replace(/^v_/, ""));
  return day(String(value));
}

function place({ site, side }) {
  const named = (key) => (t(key) === key ? null : t(key));
  const name = named(`p_${site}`) ?? word(site);
  if (side === "both") return named(`p_${site}_both`) ?? t("both", { sites: document.documentElement.lang === "en" ? `${name}s` : name });
  return side ? t(`side_${side}`, { place: name }) : name;
}

/** An ISO interval, as the date question sends it, as a day and hours; other words as they are. */
function day(text) {
  const [, date, from, to] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)\/.*T(\d\d:\d\d)/.exec(text) ?? [];
  if (!date) return text;
  const named = new Date(`${date}T12:00`).toLocaleDateString(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long" });
  return `${named}, ${from}–${to}`;
}

const word = (text) => (/^[a-z_ ]+$/.test(text) ? text.replaceAll("_", " ") : text);
