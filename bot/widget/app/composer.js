/** The message box: grows with the text, sends on Enter, keeps the words when they could not be taken. */

import { icon } from "./dom.js";
import { t } from "./words.js";

const LONGEST = 2000; // characters the server takes

export class Composer {
  /** `send(text)` sends, `wrote(text)` hears every change, `warn(words)` shows that a text is too long. */
  constructor(form, { send, wrote, warn }) {
    this.form = form;
    this.box = form.querySelector("textarea");
    this.button = form.querySelector("button");
    this.button.append(icon("send"));
    this.wrote = wrote;
    this.warn = warn;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.box.value.trim();
      if (text) {
        send(text);
        this.box.value = "";
        this.#changed();
      }
      this.focus();
    });
    this.box.addEventListener("input", () => this.#changed());
    this.box.addEventListener("keydown", (event) => {
      // 229: a key that an input method still has in hand, on browsers that do not say isComposing
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      form.requestSubmit();
    });
  }

  get text() {
    return this.box.value.trim();
  }

  /** Words and keyboard for the open question; free text always works. `person` is who answers in place of the bot. */
  prompt({ number = false, person = "" } = {}) {
    this.form.querySelector("label").textContent = t("placeholder");
    this.box.placeholder = person ? t("placeholder_person", { name: person }) : t(number ? "placeholder_number" : "placeholder");
    this.box.inputMode = number ? "numeric" : "text";
    this.button.setAttribute("aria-label", t("send"));
    this.#grow(); // a placeholder takes room too
  }

  focus() {
    if (!this.form.hidden) this.box.focus();
  }

  /** Puts words into the box for the visitor to finish; what they were writing is kept in front. */
  fill(text) {
    this.box.value = this.text ? `${this.box.value.trimEnd()} ${text}` : text;
    this.#changed();
    this.focus();
    this.box.setSelectionRange(this.box.value.length, this.box.value.length);
  }

  #changed() {
    const over = this.text.length - LONGEST;
    this.warn(over > 0 ? t("long", { n: over }) : "");
    this.wrote(this.box.value);
    this.#grow();
  }

  #grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, 160)}px`;
  }
}
