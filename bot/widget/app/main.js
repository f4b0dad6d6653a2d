/** Puts the chat together: page parts, the conversation, and the few words exchanged with the launcher outside. */

import { Alert } from "./alert.js";
import { Composer } from "./composer.js";
import { el, icon, styled } from "./dom.js";
import { Log } from "./log.js";
import { dress, settings } from "./look.js";
import { controls, wantsNumber } from "./questions.js";
import { Session } from "./session.js";
import { speak, t } from "./words.js";

const DOTS_AFTER = 350; // ms, so that a quick answer does not flicker
const DOTS_AT_MOST = 25000; // ms; then we say that it takes long, and stop moving
const OVER = ["closed", "erased"];

const $ = (id) => document.getElementById(id);
const facts = document.documentElement.dataset;
const framed = window.parent !== window;
const chosen = settings();
const log = new Log($("log"), $("latest"));
const alarm = new Alert($("alert"), facts.emergency);
const composer = new Composer($("composer"), (text) => send(text));
let session;
let open_question = null; // the newest bot message that asks, while nothing was answered since
let dots_timers = [];
let clear_status;

function status(text, keep = false) {
  clearTimeout(clear_status);
  $("status").textContent = text;
  if (text && !keep) clear_status = setTimeout(() => status(""), 8000);
}

function send(text, answer) {
  ask(null);
  const item = answer ? session.answer(answer.question, answer.value, text) : session.say(text);
  log.optimistic(item, () => session.retry());
}

function ask(message) {
  open_question = message;
  const dock = $("dock");
  composer.prompt({ number: wantsNumber(message?.question) });
  if (!message) {
    if (dock.contains(document.activeElement)) composer.focus();
    dock.hidden = true;
    dock.replaceChildren();
    return;
  }
  const { question, text } = message;
  const asked = text.split(/\n{2,}/).at(-1);
  controls(question, asked, (value, label) => send(label, { question: question.field, value })).then((form) => {
    if (open_question !== message) return;
    dock.replaceChildren(...(form ? [form] : []));
    dock.hidden = !form;
    dock.setAttribute("aria-label", asked);
    dock.scrollTop = 0;
    if (form && $("log").ariaLive !== "off") status(t("answers"));
  }, () => status(t("offline"), true)); // a part could not be loaded: words still work
}

const told = {
  message(message, item) {
    const bubble = log.add(message, item);
    if (message.alert) alarm.show(message.alert);
    if (message.outcome) card(bubble, message.outcome);
    if (message.from === "visitor") ask(null);
    else ask(message.question ? message : null);
  },
  state(state) {
    const over = OVER.includes(state.phase);
    $("composer").hidden = over;
    $("role").textContent = t(state.phase === "with_staff" ? "person" : "automated");
    if (over) ask(null);
    progress(state);
    $("record").hidden = state.phase === "consent" || state.phase === "erased";
    if ($("record").open) understood();
    if (over) ended(t(state.phase));
  },
  delivery(item) {
    log.delivery(item);
    if (item.status !== "refused") return;
    const { status: code, problem } = item.problem;
    if (problem.alert) alarm.show(problem.alert);
    if (code === 413) {
      composer.fill(item.body.text);
      status(t("too_long"), true);
    } else status(t(code === 409 ? "not_open" : code === 422 ? "not_fitting" : "refused"), true);
  },
  busy(on) {
    if (on === Boolean(dots_timers.length)) return;
    dots_timers.forEach(clearTimeout);
    $("dots").hidden = true;
    if ([t("typing"), t("slow")].includes($("status").textContent)) status("");
    dots_timers = on ? [
      setTimeout(() => { $("dots").hidden = false; }, DOTS_AFTER),
      setTimeout(() => status(t("typing"), true), 1500),
      setTimeout(() => { $("dots").hidden = true; status(t("slow"), true); }, DOTS_AT_MOST),
    ] : [];
  },
  typing() {}, // who writes is known from the state; this event would only add flicker
  connection(way) {
    if (way === "down") status(t("offline"), true);
    else if ($("status").textContent === t("offline")) status(t("online"));
    document.body.classList.toggle("offline", way === "down");
  },
  gone() {
    told.busy(false);
    $("composer").hidden = true;
    ask(null);
    ended(t("gone"));
  },
};

function progress({ phase, asked, left, handoff }) {
  const box = $("progress");
  const [line, bar] = box.children;
  const asking = ["interview", "read_back"].includes(phase) && asked > 0;
  line.textContent = phase === "stopped" ? t("stopped")
    : handoff ? t("handed", { ref: handoff })
    : asking ? t(left ? "progress" : "progress_last", { asked, left }) : "";
  bar.hidden = !asking;
  bar.firstElementChild.style.width = `${Math.round((100 * asked) / Math.max(1, asked + (left ?? 0)))}%`;
  box.hidden = !line.textContent;
}

async function understood() {
  const [{ chips }] = await Promise.all([import("./record.js"), styled()]);
  await chips($("record").lastElementChild, session, (words) => composer.fill(words));
}

async function card(bubble, outcome) {
  const [{ result }] = await Promise.all([import("./result.js"), styled()]);
  bubble.append(result(outcome, facts));
}

function ended(text) {
  status("");
  if ($("ended")) return;
  const again = el("button", { type: "button", class: "primary", onclick: () => location.reload() }, t("again"));
  const dock = $("dock");
  session.end();
  dock.replaceChildren(el("div", { id: "ended", class: "options long", role: "alert" }, el("p", {}, text), again));
  dock.hidden = false;
}

/** Shows that all is gone, and that nothing of it stays on this screen. */
function erased() {
  log.clear();
  alarm.clear();
  $("record").hidden = true;
  told.state({ phase: "erased", asked: 0, left: 0, handoff: null });
  $("ended").querySelector("button").focus();
}

function leave() {
  session.end();
  document.body.replaceChildren();
  window.top.location.replace(chosen.exit);
}

function tell(message) {
  if (framed && chosen.host) window.parent.postMessage(message, chosen.host);
}

function words() {
  const name = chosen.name || facts.clinic;
  $("name").textContent = name;
  $("role").textContent = t("automated");
  $("intro").textContent = chosen.greeting || t("intro");
  $("exit").textContent = t("exit");
  $("exit").title = t("exit_why");
  $("close").setAttribute("aria-label", t("close"));
  $("latest").textContent = t("latest");
  $("log").setAttribute("aria-label", t("conversation"));
  $("record").firstElementChild.textContent = t("understood");
  $("limits").textContent = t("limits", { number: facts.emergency });
  $("privacy").textContent = t("privacy");
  composer.prompt();
}

function wire() {
  document.querySelector(".face").append(icon("leaf"));
  $("close").hidden = !framed;
  $("close").addEventListener("click", () => tell({ palpate: "close" }));
  $("exit").addEventListener("click", leave);
  $("record").addEventListener("toggle", () => $("record").open && understood());
  $("privacy").addEventListener("click", async () => {
    const [{ menu }] = await Promise.all([import("./privacy.js"), styled()]);
    menu(session, { erased, facts });
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) tell({ palpate: "close" });
  });
  addEventListener("beforeunload", (event) => {
    if (session?.unsent) event.preventDefault();
  });
  addEventListener("hashchange", () => {
    Object.assign(chosen, settings());
    dress(chosen);
    words();
  });
  addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== chosen.host || event.data?.palpate !== "open") return;
    // On a phone the keyboard would hide the first question, so reading comes first there.
    if (matchMedia("(pointer: coarse)").matches) $("log").focus();
    else composer.focus();
  });
}

async function begin() {
  dress(chosen);
  await speak(chosen.language);
  words();
  session = new Session({ locale: chosen.language, on: told });
  wire();
  tell({ palpate: "ready" });
  status(t("starting"));
  await session.start();
  if ($("status").textContent === t("starting")) status("");
  log.live();
}

begin();
