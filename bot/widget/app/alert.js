/** The banner that stays once danger was heard: what to do and a button that calls. Loaded at once, never when needed. */

import { el, icon } from "./dom.js";
import { t } from "./words.js";

const ORDER = ["defer", "same_day", "emergency"];

export class Alert {
  #shown = null;

  /** `place` must be in the page before the first alert, so that it is read out; `fallback` is the local number. */
  constructor(place, fallback) {
    this.place = place;
    this.fallback = fallback;
  }

  /** Shows an alert of the contract (`{urgency, call}`); a weaker one never replaces a stronger one. */
  show({ urgency, call }) {
    if (!ORDER.includes(urgency) || urgency === "defer") return;
    if (this.#shown && ORDER.indexOf(urgency) < ORDER.indexOf(this.#shown.urgency)) return;
    const number = call || (urgency === "emergency" ? this.fallback : null);
    if (this.#shown?.urgency === urgency && this.#shown.number === number) return;
    this.#shown = { urgency, number };
    this.place.replaceChildren(el("div", { class: `alert ${urgency}`, role: "alert" },
      el("div", {}, el("strong", {}, t(`${urgency}_title`)), el("p", {}, t(`${urgency}_text`))),
      number && el("a", { class: "call", href: `tel:${dialled(number)}` }, icon("phone"),
        t(urgency === "emergency" ? "call_now" : "call", { number }))));
  }

  clear() {
    this.#shown = null;
    this.place.replaceChildren();
  }
}

/** The digits to dial in words such as "NHS 111" or "+1 555 010 0142". */
export function dialled(number) {
  return (/\+?\d[\d\s().-]*/.exec(number)?.[0] ?? number).replace(/[^\d+]/g, "");
}
