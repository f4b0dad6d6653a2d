/** "Your data": what is known, another device, download, forget. Each asks the server and says plainly whether it worked. */

import { el, save } from "./dom.js";
import { chips } from "./record.js";
import { t } from "./words.js";

/** Opens the dialog; `erased` is called once the server has erased the conversation, `fix(field)` starts a correction, `leave` is the quick exit. */
export function menu(session, { erased, facts, fix, leave, settings }) {
  const place = el("div", { role: "status" });
  const failed = () => place.replaceChildren(el("p", {}, t("data_failed", { phone: facts.phone })));
  const dialog = el("dialog", { class: "sheet", "aria-labelledby": "data-title" });
  const shut = () => dialog.close();
  let wrong = null;
  const know = () => chips(place, session, (field) => {
    wrong = field;
    shut();
  });
  const download = () => session.call("/export").then((answer) => answer.blob()).then((blob) => {
    save(blob, "my-conversation.json");
    place.replaceChildren(el("p", {}, t("downloaded")));
  }, failed);
  const device = () => session.call("/link", { method: "POST" }).then((answer) => answer.json()).then((made) => {
    place.replaceChildren(...link(made, settings));
  }, failed);
  const forget = () => {
    const yes = el("button", { type: "button", class: "primary danger" }, t("forget_yes"));
    yes.addEventListener("click", () => {
      yes.disabled = true;
      session.call("", { method: "DELETE" }).then(() => { shut(); erased(); }, failed);
    });
    const keep = el("button", { type: "button", class: "option", onclick: () => place.replaceChildren() }, t("keep"));
    place.replaceChildren(el("p", {}, t("forget_sure")), el("div", { class: "options" }, keep, yes));
    keep.focus();
  };
  const option = (key, work) => el("button", { type: "button", class: "option", onclick: work }, t(key));
  dialog.append(
    el("h2", { id: "data-title" }, t("data_title")), el("p", {}, t("data_intro")),
    el("div", { class: "options long" }, option("know", know), option("device", device), option("download", download), option("forget", forget)),
    place, el("div", { class: "options" }, el("button", { type: "button", class: "primary", onclick: shut }, t("back_out")), option("exit", leave)));
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (wrong) fix(wrong);
    else document.getElementById("privacy").focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** The link for another device: the code stands behind the `#`, so that no server and no log on the way sees it. */
function link({ code, expires: until }, settings) {
  const look = ["colour", "name", "language", "theme", "radius"].filter((key) => settings[key]).map((key) => [key, settings[key]]);
  const address = el("input", { type: "text", readonly: true, "aria-label": t("device"),
    value: `${location.origin}${location.pathname}#${new URLSearchParams([...look, ["resume", code]])}` });
  const time = new Date(until).toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" });
  const copied = el("p", { class: "hint", role: "status" });
  const copy = el("button", { type: "button", class: "option" }, t("copy"));
  copy.addEventListener("click", () => {
    address.select();
    // Without https, or where the page forbids it, there is no clipboard to write to.
    Promise.resolve(navigator.clipboard?.writeText(address.value) ?? Promise.reject()).then(() => t("copied"), () => t("copy_self")).then((words) => { copied.textContent = words; });
  });
  return [el("p", {}, t("device_how", { time })), el("div", { class: "field" }, address), copy, copied];
}
