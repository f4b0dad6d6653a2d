/** Answers that are sent: several choices at once (none or unsure with one tap), and the 0 to 10 scale without a starting value. */

import { el } from "./dom.js";
import { long, offered } from "./questions.js";
import { t } from "./words.js";

const ALONE = ["none", "unsure"]; // answers that exclude all others

/** The parts of the form; sends a list, or one value that stands alone. */
export function multi(question, submit, form) {
  const options = offered(question).filter(({ value }) => !ALONE.includes(value));
  const boxes = options.map(({ value }) => el("input", { type: "checkbox", value }));
  const rows = options.map(({ label }, at) => el("label", { class: "option" }, boxes[at], el("span", {}, label)));
  const chosen = () => options.filter((_, at) => boxes[at].checked);
  const single = offered(question).filter(({ value }) => ALONE.includes(value)).map(({ value, label }) =>
    el("button", { type: "button", class: "option", onclick: () => submit(value, label) }, label));
  form.addEventListener("change", () => {
    for (const button of single) button.disabled = chosen().length > 0; // "none" must not wipe out what was ticked
  });
  sending(form, () => {
    if (!chosen().length) return t("choose");
    submit(chosen().map(({ value }) => value), chosen().map(({ label }) => label).join("; "));
    return null;
  });
  return [el("div", { class: long(options) }, ...rows), ...sendRow(t("done_short"), single)];
}

/** The parts of the form; sends a number. */
export function scale(question, submit, form) {
  const labels = new Map((question.choices ?? []).map(({ value, label }) => [Number(value), label]));
  const family = ["nrs", "peg", "psfs"].find((start) => question.field.startsWith(start)) ?? "scale";
  const low = wordy(labels.get(0)) ?? t(`${family}_low`);
  const high = wordy(labels.get(10)) ?? t(`${family}_high`);
  const numbers = Array.from({ length: 11 }, (_, number) => el("label", { class: "number" },
    el("input", {
      type: "radio", name: "scale", value: number,
      "aria-label": number === 0 ? `0, ${low}` : number === 10 ? `10, ${high}` : null,
    }), el("span", {}, String(number))));
  sending(form, () => {
    const chosen = form.querySelector("input:checked");
    if (!chosen) return t("choose_number");
    submit(Number(chosen.value), chosen.value);
    return null;
  });
  const anchors = el("p", { class: "anchors", "aria-hidden": "true" }, el("span", {}, `0 ${low}`), el("span", {}, `10 ${high}`));
  return [el("div", { class: "numbers" }, ...numbers), anchors, ...sendRow()];
}

const wordy = (label) => (label && !/^\d+$/.test(label) ? label.replace(/^\d+\s*[-–=:]?\s*/, "") : null);

/** The row that stays in view: where a form says what is missing, the send button, and `before` it what answers with one tap. */
export function sendRow(label = t("done"), before = []) {
  return [el("div", { class: "submit" }, el("p", { class: "wrong", role: "alert" }), ...before,
    el("button", { type: "submit", class: "primary", "aria-label": t("done") }, label))];
}

/** On submit, `work()` sends and returns null, or returns what is wrong, which is then read out. */
export function sending(form, work) {
  const say = (words) => { form.querySelector(".wrong").textContent = words; };
  form.addEventListener("input", () => say(""));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    say(""); // the same words again are read out again
    say(work() ?? "");
  });
}
