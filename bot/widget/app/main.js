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
const log = new Log($("roll"), $("latest"));
const alarm = new Alert($("alert"), facts.emergency);
const composer = new Composer($("composer"), (text) => send(text));
let session;
let open_question = null; // the newest bot message that asks, while nothing was answered since
let dots_timers = [];
let clear_status;
let over = false;

function status(text, keep = false) {
  clearTimeout(clear_status);
  $("status").textContent = text;
  if (text && !keep) clear_status = setTimeout(() => status(""), 8000);
}

function send(text, answer) {
  const question = open_question;
  ask(null);
  const item = answer ? session.answer(answer.question, answer.value, text) : session.say(text);
  item.question = question;
  log.optimistic(item, () => session.retry());
}

function ask(message) {
  open_question = message;
  if (message?.question.field === "read_back") import("./result.js").catch(() => {}); // there in time to be read out as one
  const dock = $("dock");
  composer.prompt({ number: wantsNumber(message?.question) });
  tell({ palpate: "size", wide: message?.question.kind === "body_map" });
  if (!message) {
    if (dock.contains(document.activeElement)) toWriting();
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
    log.follow();
    $("hint").textContent = form ? t("answers") : "";
  }, () => status(t("offline"), true)); // a part could not be loaded: words still work
}

/** The focus goes to the message box; where that would bring a keyboard over half the screen, to the messages. */
function toWriting() {
  if (matchMedia("(pointer: coarse)").matches) $("roll").focus();
  else composer.focus();
}

/** What the conversation tells the page. */
const told = {
  message(message, item) {
    const bubble = log.add(message, item);
    if (message.alert) alarm.show(message.alert);
    if (message.outcome) card(bubble, message);
    if (message.from === "visitor") ask(null);
    else ask(message.question ? message : null);
  },
  state(state) {
    $("role").textContent = t(state.phase === "with_staff" ? "person" : "automated");
    progress(state);
    if (!$("known").hidden) understood();
    if (OVER.includes(state.phase)) ended(state.phase);
  },
  delivery(item) {
    log.delivery(item);
    if (item.status !== "refused") return;
    const { status: code, problem } = item.problem;
    if (problem.alert) alarm.show(problem.alert);
    if (code !== 409) ask(item.question);
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
  gone: () => ended("gone"),
};

function progress({ phase, asked, left, handoff }) {
  const asking = ["interview", "read_back"].includes(phase) && asked > 0;
  const number = handoff && phase !== "stopped" ? el("span", { class: "ref" }, handoff) : "";
  $("progress").replaceChildren(phase === "stopped" ? t("stopped")
    : handoff ? `${t("handed")} `
    : asking ? t(left ? "progress" : "progress_last", { asked, left }) : "", number);
  $("strip").hidden = phase === "consent";
  $("bar").hidden = !asking;
  $("bar").firstElementChild.style.width = `${Math.round((100 * asked) / Math.max(1, asked + (left ?? 0)))}%`;
}

async function understood() {
  const [{ chips }] = await Promise.all([import("./record.js"), styled()]);
  await chips($("known"), session, (words) => composer.fill(words));
}

function unfold() {
  const open = $("known").hidden;
  $("known").hidden = !open;
  $("record").setAttribute("aria-expanded", open);
  if (open) understood();
}

async function card(bubble, { outcome, text }) {
  const [{ result }] = await Promise.all([import("./result.js"), styled()]);
  bubble.querySelector(".text").replaceWith(result(outcome, text, facts));
  log.follow();
}

/** The chat is over (`closed`, `erased`, `gone`): nothing more is sent, and nothing of it stays in this browser. */
async function ended(kind) {
  if (over) return;
  over = true;
  session.end();
  told.busy(false);
  status("");
  ask(null);
  $("composer").hidden = true;
  const again = (await import("./ended.js")).ended($("dock"), kind);
  if (kind === "erased") again.focus();
}

/** Shows that all is gone, on this screen too. */
function erased() {
  log.clear();
  alarm.clear();
  $("strip").hidden = $("bar").hidden = $("known").hidden = true;
  return ended("erased");
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
  $("roll").setAttribute("aria-label", t("chat"));
  $("log").setAttribute("aria-label", t("conversation"));
  $("dock").setAttribute("aria-label", t("answer"));
  $("record").textContent = t("understood");
  $("limits").textContent = t("limits", { number: facts.emergency });
  $("privacy").textContent = t("privacy");
  composer.prompt();
}

function wire() {
  document.querySelector(".face").append(icon("leaf"));
  $("close").hidden = !framed;
  $("close").addEventListener("click", () => tell({ palpate: "close" }));
  $("exit").addEventListener("click", leave);
  $("record").addEventListener("click", unfold);
  $("privacy").addEventListener("click", async () => {
    const [{ menu }] = await Promise.all([import("./privacy.js"), styled()]);
    menu(session, { erased, facts, fix: (words) => composer.fill(words) });
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) tell({ palpate: "close" });
  });
  addEventListener("beforeunload", (event) => {
    if (session?.unsent) event.preventDefault();
  });
  addEventListener("hashchange", () => {
    Object.assign(chosen, settings(), { language: document.documentElement.lang });
    dress(chosen);
    words();
  });
  addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== chosen.host || event.data?.palpate !== "open") return;
    toWriting();
  });
}

async function begin() {
  const spoken = await speak(chosen.language);
  dress({ ...chosen, language: spoken });
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
