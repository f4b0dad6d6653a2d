// The live queue: counts grow by themselves, rows only move when the reader asks for it (R), ages stay true.
import { kept } from "./kept.js";

const notifyOn = document.getElementById("notify-on");
let urgentTold = 0;
const fresh = { counts: document.getElementById("fresh-counts"), urgent: document.getElementById("fresh-urgent") };

function showCounts() {
  for (const one of fresh.counts.querySelectorAll("[data-count]")) {
    const tab = document.querySelector(`[data-counts="${one.dataset.count}"]`);
    if (tab) tab.textContent = one.textContent;
    if (one.dataset.count === "urgent") tab?.closest("a").classList.toggle("hot", Number(one.textContent) > 0);
  }
}

// Says how many urgent ones came in, and nothing else: a notification may be read by anybody near the screen.
function notify() {
  const told = fresh.urgent.querySelector("[data-count]");
  const count = Number(told?.dataset.count ?? 0);
  const more = count > urgentTold;
  urgentTold = count;
  if (!more || !notifyOn?.checked || Notification.permission !== "granted" || document.hasFocus()) return;
  const title = document.title.split("·").at(-1).trim();
  const made = new Notification(title, { body: told.textContent, tag: "palpate-urgent", renotify: true, icon: "/desk/static/icon.svg" });
  made.onclick = () => { window.focus(); made.close(); };
}

async function refresh() {
  const focused = document.activeElement?.id;
  await window.htmx.ajax("GET", `/desk?${document.getElementById("rows").dataset.query}`, { target: ".page", select: ".page", swap: "outerHTML" });
  if (focused) document.getElementById(focused)?.focus();
}

function ages() {
  for (const time of document.querySelectorAll("time[data-age]")) {
    const minutes = Math.max(0, Math.floor((Date.now() - new Date(time.dateTime)) / 60_000));
    time.textContent = minutes < 60 ? `${minutes} min` : minutes < 2880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
  }
}

if (document.body.dataset.page === "queue") {
  document.body.addEventListener("htmx:sseMessage", (event) => {
    fresh.counts = document.getElementById("fresh-counts");
    fresh.urgent = document.getElementById("fresh-urgent");
    if (event.detail.type === "counts") showCounts();
    if (event.detail.type === "urgent") notify();
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-refresh]")) refresh(); });
  document.addEventListener("keydown", (event) => {
    const busy = event.target.closest("input:not([type=checkbox]), textarea, select") || document.getElementById("help").open;
    if (event.key === "r" && !busy && !event.ctrlKey && !event.metaKey && document.getElementById("keys-on").checked) refresh();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) for (const box of document.querySelectorAll(".pick input")) box.checked = event.target.checked;
  });
  setInterval(ages, 30_000);
}

if (notifyOn) {
  notifyOn.checked = kept("notify") === "yes" && "Notification" in window && Notification.permission === "granted";
  notifyOn.addEventListener("change", async () => {
    if (notifyOn.checked && "Notification" in window) notifyOn.checked = await Notification.requestPermission() === "granted";
    kept("notify", notifyOn.checked ? "yes" : "no");
  });
}
