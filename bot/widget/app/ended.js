/** The end of a chat: what happened to it, and a button for a new one. */

import { el } from "./dom.js";
import { learn, t } from "./words.js";

learn({
  closed: "This chat has ended.", erased: "Everything you told us in this chat has been erased.",
  gone: "This chat can no longer be opened. Nothing of it is on this device.", again: "Start a new chat",
});

/** Fills the dock for an end of kind `closed`, `erased` or `gone`; returns the button. */
export function ended(dock, kind) {
  const again = el("button", { type: "button", class: "primary", onclick: () => location.reload() }, t("again"));
  dock.replaceChildren(el("div", { class: "options long", role: "alert" }, el("p", {}, t(kind)), again));
  dock.hidden = false;
  return again;
}
