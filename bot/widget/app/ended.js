/** The end of a chat: a warning before it, what happened to it, and a button for a new one. */

import { el } from "./dom.js";
import { t } from "./words.js";

/** Fills the dock for an end of kind `closed`, `erased` or `gone`; returns the button. */
export function ended(dock, kind) {
  const again = el("button", { type: "button", class: "primary", onclick: () => location.reload() }, t("again"));
  dock.replaceChildren(el("div", { class: "options long", role: "alert" }, el("p", {}, t(kind)), again));
  dock.hidden = false;
  return again;
}

/** What stands above the messages some minutes before a chat is forgotten; the button asks the server to keep it. */
export function warning(at, session, status) {
  const time = new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" });
  const stay = el("button", { type: "button", class: "option", onclick: () =>
    session.call("/stay", { method: "POST" }).then(() => { row.remove(); status(t("stays")); }, () => status(t("offline"), true)) }, t("stay"));
  const row = el("div", { class: "notice" }, el("p", {}, t("ends", { time })), stay);
  return row;
}
