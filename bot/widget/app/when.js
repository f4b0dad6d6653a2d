/** Wished times: usual times as words, and single days as ISO intervals, in any mixture. */

import { el } from "./dom.js";
import { sending, sendRow } from "./answers.js";
import { t } from "./words.js";

const USUAL = ["soon", "weekday_mornings", "weekday_afternoons", "weekday_evenings", "saturdays"];
const PARTS = { any: ["08:00", "20:00"], morning: ["08:00", "12:00"], afternoon: ["12:00", "17:00"], evening: ["17:00", "20:00"] };

/** The parts of the form; sends a list of words and ISO intervals (local clinic time, no zone). */
export function date(question, submit, form) {
  const offered = question.choices?.length ? question.choices : USUAL.map((key) => ({ value: t(key), label: t(key) }));
  const boxes = offered.map(({ value }) => el("input", { type: "checkbox", value }));
  const rows = offered.map(({ label }, at) => el("label", { class: "option" }, boxes[at], el("span", {}, label)));
  const days = [];
  const list = el("ul", { class: "picked" });
  const day = el("input", { type: "date", id: "when-day", min: today() });
  const part = el("select", { id: "when-part" }, ...Object.keys(PARTS).map((key) => el("option", { value: key }, t(key))));
  const add = () => {
    if (!day.value || !day.validity.valid) return day.focus();
    const one = { value: PARTS[part.value].map((hour) => `${day.value}T${hour}`).join("/"), label: `${dayName(day.value)}, ${t(part.value)}` };
    const drop = el("button", { type: "button", class: "link", "aria-label": t("remove", { what: one.label }) }, "×");
    const row = el("li", {}, one.label, drop);
    drop.addEventListener("click", () => {
      days.splice(days.indexOf(one), 1);
      row.remove();
      day.focus();
    });
    days.push(one);
    list.append(row);
    day.value = "";
    return undefined;
  };
  sending(form, () => {
    if (day.value) add();
    const all = [...offered.filter((_, at) => boxes[at].checked), ...days];
    if (!all.length) return t("choose");
    submit(all.map(({ value }) => value), all.map(({ label }) => label).join("; "));
    return null;
  });
  return [
    el("div", { class: "options long" }, ...rows), list,
    el("div", { class: "fields day" },
      el("div", { class: "field" }, el("label", { for: "when-day" }, t("day")), day),
      el("div", { class: "field" }, el("label", { for: "when-part" }, t("part")), part),
      el("button", { type: "button", class: "option", onclick: add }, t("add"))),
    ...sendRow(),
  ];
}

function today() {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
}

function dayName(day) {
  return new Date(`${day}T12:00`).toLocaleDateString(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long" });
}
