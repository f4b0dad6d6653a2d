// Small comforts for the desk: keys, news of the queue, and a live transcript. Every page works without this file.
const page = document.body.dataset;
const help = document.getElementById("help");
const keysOn = document.getElementById("keys-on");
const KEYS_OFF = "palpate-desk-keys-off";

const reducedStorage = {
  get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
  set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* private window: the choice lasts for this page */ } },
};

keysOn.checked = reducedStorage.get(KEYS_OFF) !== "yes";
keysOn.addEventListener("change", () => reducedStorage.set(KEYS_OFF, keysOn.checked ? "no" : "yes"));
for (const button of document.querySelectorAll("[data-help]")) {
  button.hidden = false;
  button.addEventListener("click", () => help.showModal());
}

const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

function moveInQueue(step) {
  const rows = [...document.querySelectorAll(".rowlink")];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement);
  rows[Math.min(rows.length - 1, Math.max(0, at + step))].focus();
}

function press(key) {
  const target = document.querySelector(`[data-key="${key}"]`);
  if (!target) return false;
  if (target.localName !== "summary") { target.click(); return true; }
  const details = target.parentElement;
  details.open = !details.open;
  details.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const open = document.querySelector("details.act[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || help.open || !keysOn.checked) return;
  const key = event.key.toLowerCase();
  if (key === "?") help.showModal();
  else if (key === "/") document.getElementById("search")?.focus();
  else if (key === "r" && page.page === "queue") location.reload();
  else if (key === "j" || key === "k") moveInQueue(key === "j" ? 1 : -1);
  else if (!press(key)) return;
  event.preventDefault();
});

// A reason and the words behind it light up together.
function light(facts, on) {
  for (const mark of document.querySelectorAll("mark[data-facts]")) {
    if (mark.dataset.facts.split(" ").some((fact) => facts.includes(fact))) mark.classList.toggle("on", on);
  }
}
for (const item of document.querySelectorAll(".reasons > li, dd[data-fact]")) {
  const facts = item.dataset.fact ? [item.dataset.fact] : [...item.querySelectorAll("[data-fact]")].map((one) => one.dataset.fact);
  for (const [name, on] of [["mouseenter", true], ["mouseleave", false], ["focusin", true], ["focusout", false]]) item.addEventListener(name, () => light(facts, on));
}

// News of the queue: said, never moved under the reader's eyes.
async function lookForNews() {
  const answer = await fetch("/desk/api/news", { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { counts } = await answer.json();
  const more = (counts[page.queue] ?? Number(page.count)) - Number(page.count);
  const urgent = counts.urgent - Number(page.urgent);
  const news = document.getElementById("news");
  const parts = [];
  if (urgent > 0) parts.push(`${urgent} more urgent`);
  if (more > 0) parts.push(`${more} new here`);
  news.hidden = parts.length === 0;
  const text = parts.length ? `${parts.join(", ")}: press R or reload` : "";
  if (news.textContent !== text) news.textContent = text;
}

// The visitor's answers while a person speaks with them.
async function followTheTalk() {
  const log = document.getElementById("log");
  const answer = await fetch(`/desk/api/handoffs/${page.reference}/messages?after=${page.last}`);
  if (!answer.ok) return;
  for (const line of (await answer.json()).messages) {
    page.last = line.seq;
    const item = document.createElement("li");
    item.className = line.event ? `${line.from} event` : line.from;
    const from = document.createElement("span");
    from.className = "from";
    from.textContent = line.by ?? { visitor: "Visitor", bot: "Assistant" }[line.from] ?? "Staff";
    const text = document.createElement("p");
    text.textContent = line.text;
    item.append(from, text);
    log.append(item);
    log.scrollTop = log.scrollHeight;
  }
}

function every(seconds, work) {
  setInterval(() => { if (!document.hidden) work().catch(() => { /* the next look may succeed */ }); }, seconds * 1000);
}

if (page.page === "queue") every(15, lookForNews);
if (page.page === "decide") {
  const log = document.getElementById("log");
  if (page.live) { log.setAttribute("role", "log"); log.scrollTop = log.scrollHeight; every(3, followTheTalk); }
}
