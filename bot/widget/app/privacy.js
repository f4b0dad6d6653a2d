/** "Your data": what is known, download, forget. Each asks the server and says plainly whether it worked. */

import { el } from "./dom.js";
import { chips } from "./record.js";
import { learn, t } from "./words.js";

learn({
  data_title: "Your data", data_intro: "What you write stays on the clinic's own computer. Nothing goes to anybody else, and this device keeps only a key to this chat until you close the tab.",
  know: "What do you know about me?", download: "Download everything", forget: "Forget me",
  forget_sure: "This erases the conversation and what we understood from it. It cannot be undone.",
  forget_yes: "Yes, erase it", keep: "Keep it", back: "Close", downloaded: "The file is in your downloads.",
  data_failed: "That did not work. Please try again, or phone us: {phone}.",
});

/** Opens the dialog; `erased` is called once the server has erased the conversation, `fix(words)` starts a correction. */
export function menu(session, { erased, facts, fix }) {
  const place = el("div", { role: "status" });
  const failed = () => place.replaceChildren(el("p", {}, t("data_failed", { phone: facts.phone })));
  const dialog = el("dialog", { class: "sheet", "aria-labelledby": "data-title" });
  const shut = () => dialog.close();
  let wrong = null;
  const know = () => chips(place, session, (words) => {
    wrong = words;
    shut();
  });
  const download = () => session.download().then(save).then(() => place.replaceChildren(el("p", {}, t("downloaded"))), failed);
  const forget = () => {
    const yes = el("button", { type: "button", class: "primary danger" }, t("forget_yes"));
    yes.addEventListener("click", () => {
      yes.disabled = true;
      session.forget().then(() => { shut(); erased(); }, failed);
    });
    const keep = el("button", { type: "button", class: "option", onclick: () => place.replaceChildren() }, t("keep"));
    place.replaceChildren(el("p", {}, t("forget_sure")), el("div", { class: "options" }, keep, yes));
    keep.focus();
  };
  const option = (key, work) => el("button", { type: "button", class: "option", onclick: work }, t(key));
  dialog.append(
    el("h2", { id: "data-title" }, t("data_title")), el("p", {}, t("data_intro")),
    el("div", { class: "options long" }, option("know", know), option("download", download), option("forget", forget)),
    place, el("button", { type: "button", class: "primary", onclick: shut }, t("back")));
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (wrong) fix(wrong);
    else document.getElementById("privacy").focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

function save(blob) {
  const address = URL.createObjectURL(blob);
  el("a", { href: address, download: "my-conversation.json" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
