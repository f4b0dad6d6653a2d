/** The conversation on screen: an append-only log, so that a screen reader hears each message once. */

import { el, icon, paragraphs } from "./dom.js";
import { t } from "./words.js";

const ANSWERS_SEEN = 260; // px of the answers that come into view with their question

export class Log {
  #bubbles = new Map(); // item id -> bubble of something not yet confirmed
  #anchor = null; // what should stay in view: the first message since the visitor last wrote
  #result = null; // the newest result since then: it is read before what follows it
  #pinned = true;
  #put = 0; // where we scrolled to ourselves

  /**
   * `box` scrolls and holds the role=log and below it the answers (`dock`); `latest` is shown while the reader is
   * further up; `change(field)` asks for an answer again.
   */
  constructor(box, latest, change) {
    this.box = box;
    this.change = change;
    this.live_part = box.querySelector("[role=log]");
    this.dock = box.querySelector(".dock");
    this.list = box.querySelector("ol");
    this.latest = latest;
    box.addEventListener("scroll", () => this.#scrolled());
    latest.addEventListener("click", () => this.#toEnd());
    new ResizeObserver(() => this.follow()).observe(box);
  }

  /** While history is replayed nothing is read out; after it every addition is. */
  live() {
    this.live_part.setAttribute("aria-live", "polite");
    this.#follow();
  }

  /** Shows a message of the server; a visitor message sent from here becomes the bubble already shown. `field` is what it answers. */
  add(message, item, field) {
    const known = item && this.#bubbles.get(item.id);
    if (known) {
      this.#bubbles.delete(item.id);
      const body = known.querySelector(".text");
      if (body.textContent !== message.text) body.replaceChildren(...paragraphs(message.text));
      known.dataset.seq = message.seq;
      return known;
    }
    const bubble = this.#bubble(message, field);
    bubble.dataset.seq = message.seq;
    if (message.outcome) this.#result = bubble;
    this.#append(bubble, message.from === "visitor");
    return bubble;
  }

  /** Shows what the visitor just sent, before the server has it. */
  optimistic(item, onRetry, field) {
    const bubble = this.#bubble({ from: "visitor", text: item.label }, field);
    const state = el("p", { class: "delivery" });
    bubble.append(state);
    this.#bubbles.set(item.id, bubble);
    item.bubble = bubble;
    item.retry = onRetry;
    this.#append(bubble, true);
    this.delivery(item);
  }

  /** Marks how far a sent message has come: sending, sent, waiting, failed (with a button), refused. */
  delivery(item) {
    const line = item.bubble?.querySelector(".delivery");
    if (!line) return;
    if (item.status === "double") {
      item.bubble.remove();
      return;
    }
    item.bubble.dataset.status = item.status;
    const again = item.status === "failed" && el("button", { type: "button", class: "link", onclick: item.retry }, t("retry"));
    line.replaceChildren(t(item.status), ...(again ? [" ", again] : []));
    if (item.status === "sent") {
      for (const old of this.list.querySelectorAll(".delivery")) if (old !== line && old.parentNode.dataset.status === "sent") old.remove();
    }
    this.follow();
  }

  /** The fields whose answers may be changed now; of each only the newest answer offers it. */
  changeable(fields) {
    const newest = new Map([...this.list.querySelectorAll(".change")].map((button) => [button.dataset.field, button]));
    for (const button of this.list.querySelectorAll(".change")) {
      button.hidden = !fields.includes(button.dataset.field) || newest.get(button.dataset.field) !== button;
    }
  }

  clear() {
    this.list.replaceChildren();
    this.#bubbles.clear();
    this.#anchor = this.#result = null;
  }

  #bubble({ from, text, by, event }, field) {
    const who = from === "visitor" ? t("you") : from === "staff" ? by || t("staff") : t("assistant");
    const previous = this.list.lastElementChild;
    const more = !event && previous?.dataset.from === from && !previous.classList.contains("event");
    return el("li", { "data-from": from, class: event ? "event" : more ? "more" : null },
      el("span", { class: "vh" }, t("said", { who })),
      from === "staff" && !more && !event ? el("span", { class: "name", "aria-hidden": "true" }, who) : null,
      el("div", { class: "text" }, ...paragraphs(text)),
      field ? el("button", { type: "button", class: "round change", "data-field": field, hidden: true, "aria-label": t("change"), title: t("change"), onclick: () => this.change(field) }, icon("pen")) : null);
  }

  #append(bubble, own) {
    if (own) this.#anchor = this.#result = null;
    else this.#anchor ??= bubble;
    this.list.append(bubble);
    if (own || this.#pinned) this.#follow();
    else this.latest.hidden = false;
  }

  /** Keeps what is new in view after something grew, unless the reader has scrolled away. */
  follow() {
    if (this.#pinned) this.#follow();
  }

  /** To the end, but never past a result, nor past the first line of what is new; so far that the first answers to an open question show. */
  #goal() {
    const end = this.box.scrollHeight - this.box.clientHeight;
    if (!this.#anchor) return end;
    const above = (node) => node.offsetTop - this.box.offsetTop - 14;
    if (this.#result) return Math.max(0, Math.min(end, above(this.#result)));
    const room = this.dock.hidden ? 0 : this.dock.offsetTop + Math.min(this.dock.offsetHeight, ANSWERS_SEEN) - this.box.clientHeight;
    return Math.max(0, Math.min(end, Math.max(above(this.#anchor), Math.min(room, above(this.list.lastElementChild)))));
  }

  #follow() {
    this.box.scrollTop = this.#goal();
    this.#put = this.box.scrollTop;
    this.#pinned = true;
    this.latest.hidden = !this.#result || this.box.scrollHeight - this.box.clientHeight - this.#put < 48;
  }

  #toEnd() {
    this.#anchor = this.#result = null;
    this.#follow();
    this.box.focus();
  }

  #scrolled() {
    const end = this.box.scrollHeight - this.box.clientHeight;
    const here = this.box.scrollTop;
    if (Math.abs(here - this.#put) < 2) return;
    this.#pinned = Math.abs(here - this.#goal()) < 48 || here >= end - 48;
    if (here >= this.#goal() - 40) this.latest.hidden = true;
  }
}
