/** The message box: grows with the text, sends on Enter, keeps the words when they could not be taken. */

import { icon } from "./dom.js";
import { t } from "./words.js";

export class Composer {
  constructor(form, send) {
    this.form = form;
    this.box = form.querySelector("textarea");
    this.button = form.querySelector("button");
    this.button.append(icon("send"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.box.value.trim();
      if (!text) return this.focus();
      this.box.value = "";
      this.#grow();
      send(text);
      return this.focus();
    });
    this.box.addEventListener("input", () => this.#grow());
    this.box.addEventListener("keydown", (event) => {
      // 229: a key that an input method still has in hand, on browsers that do not say isComposing
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      form.requestSubmit();
    });
  }

  /** Words and keyboard for the open question; free text always works. */
  prompt({ number = false } = {}) {
    this.form.querySelector("label").textContent = t("placeholder");
    this.box.placeholder = t(number ? "placeholder_number" : "placeholder");
    this.box.inputMode = number ? "numeric" : "text";
    this.button.setAttribute("aria-label", t("send"));
    this.#grow(); // a placeholder takes room too
  }

  focus() {
    if (!this.form.hidden) this.box.focus();
  }

  /** Puts words into the box for the visitor to finish; what they were writing is kept in front. */
  fill(text) {
    this.box.value = this.box.value.trim() ? `${this.box.value.trimEnd()} ${text}` : text;
    this.#grow();
    this.focus();
    this.box.setSelectionRange(this.box.value.length, this.box.value.length);
  }

  #grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, 160)}px`;
  }
}
