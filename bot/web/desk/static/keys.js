// Single letters for everything one does all day; they can be switched off, and never act while somebody types.
import { kept } from "./kept.js";

const help = document.getElementById("help");
const keysOn = document.getElementById("keys-on");

keysOn.checked = kept("keys-off") !== "yes";
keysOn.addEventListener("change", () => kept("keys-off", keysOn.checked ? "no" : "yes"));
for (const button of document.querySelectorAll("[data-help]")) {
  button.hidden = false;
  button.addEventListener("click", () => help.showModal());
}

const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;

function moveTo(step) {
  const rows = [...document.querySelectorAll(".rowlink")];
  if (!rows.length) { press(step > 0 ? "j" : "k"); return; }
  const at = rows.indexOf(document.activeElement);
  rows[Math.min(rows.length - 1, Math.max(0, at + step))].focus();
}

function press(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (target.localName !== "summary") { target.click(); return true; }
  const details = target.parentElement;
  details.open = !details.open;
  if (details.open) details.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  else target.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const open = document.querySelector("details.act[open], details.account[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || help.open || !keysOn.checked) return;
  const key = event.key.toLowerCase();
  if (key === "?") help.showModal();
  else if (key === "/") document.getElementById("search")?.focus();
  else if (key === "j" || key === "k") moveTo(key === "j" ? 1 : -1);
  else if (!press(key)) return;
  event.preventDefault();
});
