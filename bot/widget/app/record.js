/** What was understood, as chips with the visitor's own words; a tap starts a correction in the message box. */

import { el } from "./dom.js";
import { learn, t } from "./words.js";

learn({
  nothing_yet: "Nothing yet. It fills as you write.", record_down: "Could not be read right now.",
  fix: "Change {field}", fix_words: "Change this: my {field} is ", from_words: "from “{words}”",
  f_age: "age", f_sex: "sex", f_sites: "where", f_duration_days: "since", f_onset: "how it began", f_nrs: "pain, 0 to 10",
  f_complaint: "goal", f_function_limited: "limits me", f_for_whom: "who it is for", f_narrative: "story", f_rf: "warning signs",
  f_ci: "health", f_doctor: "doctor", f_preferred_times: "times", f_preferences: "wishes", f_contact: "contact",
  days: "{n} days",
});

/** Fills `place` with a chip for each known field of `GET /record`; `fix(words)` starts a correction. */
export async function chips(place, session, fix) {
  let known;
  try {
    known = await session.record();
  } catch {
    place.replaceChildren(el("p", { class: "hint" }, t("record_down")));
    return;
  }
  const entries = Object.entries(known.fields ?? known.record ?? known).map(([field, entry]) => one(field, entry)).filter(Boolean);
  place.replaceChildren(entries.length
    ? el("ul", { class: "chips" }, ...entries.map((entry) => chip(entry, fix)))
    : el("p", { class: "hint" }, t("nothing_yet")));
}

function one(field, entry) {
  const wrapped = entry !== null && typeof entry === "object" && "value" in entry;
  const value = shown(field, wrapped ? entry.value : entry);
  if (!value) return null;
  const said = (wrapped && (entry.said ?? entry.words)) || [];
  const words = (Array.isArray(said) ? said : [said]).map((part) => part.text ?? part).filter((part) => typeof part === "string");
  const key = `f_${field.replace(/#\d+$/, "")}`;
  return { name: t(key) === key ? field.replaceAll("_", " ") : t(key), value, words };
}

function chip({ name, value, words }, fix) {
  return el("li", {}, el("button", { type: "button", title: t("fix", { field: name }), onclick: () => fix(t("fix_words", { field: name })) },
    el("span", { class: "field-name" }, name), el("span", { class: "value" }, value),
    words.length ? el("q", {}, words[0]) : null,
    el("span", { class: "vh" }, t("fix", { field: name }))));
}

/** A value in words; null for what is unknown or empty. */
export function shown(field, value) {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (Array.isArray(value)) return value.length ? value.map((part) => shown("", part)).join(", ") : null;
  if (typeof value === "object") {
    if ("site" in value) return [value.side, value.site].filter(Boolean).join(" ").replaceAll("_", " ");
    return Object.values(value).map((part) => shown("", part)).filter(Boolean).join(", ") || null;
  }
  if (field.startsWith("duration_days")) return t("days", { n: value });
  return String(value).replaceAll("_", " ");
}
