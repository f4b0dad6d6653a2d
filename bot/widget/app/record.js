/** What was understood, as chips with the visitor's own words; a tap starts a correction in the message box. */

import { el } from "./dom.js";
import { learn, t } from "./words.js";

learn({
  nothing_yet: "Nothing yet. It fills as you write.", record_down: "Could not be read right now.",
  fix: "Change {field}", fix_words: "Change this: {field}: ",
  f_age: "age", f_sex: "sex", f_sites: "where", f_duration_days: "how long", f_onset: "how it began", f_nrs: "pain, 0 to 10",
  f_complaint: "what for", f_function_limited: "limits me", f_function: "what it stops", f_for_whom: "who it is for", f_narrative: "my words",
  f_rf: "warning signs", f_rf_unknown: "not sure about", f_ci: "health", f_extra: "also said", f_bp: "blood pressure", f_doctor: "doctor",
  f_cleared_claimed: "a doctor agreed to", f_preferred_times: "times", f_preferences: "wishes", f_contact: "contact",
  days: "{n} days", day_1: "1 day", questions: "{n} safety questions", both: "both {sites}",
  v_F: "female", v_M: "male", v_X: "not said", v_self: "me", v_child: "my child", v_other: "someone else",
  v_relax: "to relax", v_rehab: "getting movement back", v_illness: "pain with an illness", v_overuse: "after much use",
  v_gradual: "little by little", v_sudden: "suddenly", v_injury: "injury", v_post_op: "after an operation",
  v_none: "not asked yet", v_seen: "seen, not about massage", v_ok: "agreed to massage", v_ordered: "ordered massage", v_refused: "said no massage",
});

const IDS = ["rf", "rf_unknown", "ci", "extra", "cleared_claimed"]; // values are ids of the rules: shown by the words they came from
const CLOSED = ["sex", "for_whom", "complaint", "onset", "doctor"]; // one of a few values, each with a word in `v_…`
const PLACES = { low_back: "lower back", scapula: "shoulder blade", abdomen: "tummy", tmj: "jaw joint", achilles: "Achilles tendon", si_joint: "SI joint" };
const MANY = { foot: "feet", calf: "calves" };
const OURS = ["cleared"]; // what staff noted, nothing the visitor said

/** Fills `place` with a chip for each known field of `GET /record`; `fix(words)` starts a correction. */
export async function chips(place, session, fix) {
  let known;
  try {
    known = await session.record();
  } catch {
    place.replaceChildren(el("p", { class: "hint" }, t("record_down")));
    return;
  }
  const entries = Object.entries(known).map(([field, entry]) => one(field, entry)).filter(Boolean);
  place.replaceChildren(entries.length
    ? el("ul", { class: "chips" }, ...entries.map((entry) => chip(entry, fix)))
    : el("p", { class: "hint" }, t("nothing_yet")));
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
    name: t(key) === key ? plain.replaceAll("_", " ") : t(key),
    value: !ids ? words : quotes.length ? quotes.join("; ") : t("questions", { n: value.length }),
    quote: ids || !quotes.length || same(quotes.at(-1), words) ? null : quotes.at(-1),
  };
}

const same = (one, other) => [one, other].map((text) => text.toLowerCase().replace(/\W/g, "")).reduce((a, b) => a === b);

function chip({ name, value, quote }, fix) {
  return el("li", {}, el("button", { type: "button", title: t("fix", { field: name }), onclick: () => fix(t("fix_words", { field: name })) },
    el("span", { class: "field-name" }, name), el("span", { class: "value" }, value),
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
  const name = PLACES[site] ?? word(site);
  if (side !== "both") return [side, name].filter(Boolean).join(" ");
  return t("both", { sites: MANY[site] ?? `${name}s` });
}

/** An ISO interval, as the date question sends it, as a day and hours; other words as they are. */
function day(text) {
  const [, date, from, to] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)\/.*T(\d\d:\d\d)/.exec(text) ?? [];
  if (!date) return text;
  const named = new Date(`${date}T12:00`).toLocaleDateString(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long" });
  return `${named}, ${from}–${to}`;
}

const word = (text) => (/^[a-z_ ]+$/.test(text) ? text.replaceAll("_", " ") : text);
