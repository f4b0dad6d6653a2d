/** The answer controls of the open question, shown above the message box; a shortcut beside free text, never a wall. */

import { el } from "./dom.js";
import { speakMore, t } from "./words.js";

const LATER = { // each exports a function of the kind's name: its parts of the form
  multi: () => import("./answers.js"),
  scale: () => import("./answers.js"),
  body_map: () => import("./body_map.js"),
  contact: () => import("./contact.js"),
  date: () => import("./when.js"),
};
const LETTER = /^(doctor|clearance)/; // a doctor's letter may be added here

/** Whether the answer is a number, so that phones show digits. */
export function wantsNumber(question) {
  return question?.kind === "text" && /^(age$|weeks_since_)/.test(question.field);
}

/**
 * The controls of a question, or null when there is nothing to show.
 * `asked` is the question in words, `submit(value, label)` sends an answer (as plain words when the value is undefined).
 */
export async function controls(question, asked, submit, session) {
  const letter = LETTER.test(question.field) && (await import("./letter.js"));
  const build = { yes_no: choice, choice }[question.kind] ?? (await LATER[question.kind]?.())?.[question.kind];
  if (letter || (build && build !== choice)) await speakMore();
  const form = el("form", { novalidate: true, "data-kind": question.kind, "data-field": question.field });
  if (build) {
    const fields = el("fieldset", {}, el("legend", { class: "vh" }, asked));
    form.append(fields);
    fields.append(...(await build(question, submit, form)));
  }
  if (question.field === "narrative") form.append(el("p", { class: "hint" }, t("example")));
  const extra = el("div", { class: "extra" });
  const fold = (head, text) => extra.append(el("details", { class: "why" }, el("summary", {}, t(head)), el("p", {}, text)));
  if (question.why) fold("why", question.why);
  if (question.field === "consent_privacy") fold("code", t("code_how"));
  if (question.skippable) {
    extra.append(el("button", { type: "button", class: "link", onclick: () => submit(null, t("skip")) }, t("skip")));
  }
  if (letter) form.append(letter.letters(session));
  if (extra.children.length) form.append(extra);
  return form.children.length ? form : null;
}

/** The choices to show; a yes/no question without any has these two. */
export function offered(question) {
  if (question.choices?.length) return question.choices;
  return question.kind === "yes_no" ? ["yes", "no"].map((value) => ({ value, label: t(value) })) : [];
}

/** Whether a choice is too long to sit beside others. */
export const long = (options) => (options.some(({ label }) => label.length > 26) ? "options long" : "options");

function choice(question, submit) {
  const options = offered(question);
  const buttons = options.map(({ value, label }) =>
    el("button", { type: "button", class: "option", onclick: () => submit(value, label) }, label));
  return [el("div", { class: long(options) }, ...buttons)];
}
