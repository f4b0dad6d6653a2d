/** Puts the chat together: page parts, the conversation, and the few words exchanged with the launcher outside. */

import { Alert } from "./alert.js";
import { Composer } from "./composer.js";
import { el, icon } from "./dom.js";
import { Log } from "./log.js";
import { dress, settings } from "./look.js";
import { controls, wantsNumber } from "./questions.js";
import { Session } from "./session.js";
import { speak, speakMore, t } from "./words.js";

const DOTS_AFTER = 350; // ms, so that a quick answer does not flicker
const DOTS_AT_MOST = 25000; // ms; then we say that it takes long, and stop moving
const WARN_BEFORE = 5 * 60000; // ms before an end that is near
const OVER = ["closed", "erased"];

const $ = (id) => document.getElementById(id);
const facts = document.documentElement.dataset;
const framed = window.parent !== window;
const chosen = settings();
const log = new Log($("roll"), $("latest"), (field) => change(field));
const alarm = new Alert($("alert"), facts.emergency);
const composer = new Composer($("composer"), {
  send: (text) => send(text),
  wrote: (text) => {
    session?.writes(text);
    $("dock").querySelector("fieldset")?.hears?.(text); // the open body map, when there is one
  },
  warn: (words) => { $("over").textContent = words; },
});
let session;
let open_question = null; // the newest bot message that asks, while nothing was answered since
let last_asked = null; // the field the next visitor message answers
let person = null; // who speaks in place of the bot: {name, role}
let dots_timers = [];
let clear_status;
let end_timer;
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
  log.optimistic(item, () => session.retry(), question?.question.field);
}

/** Opens a question again; what cannot be asked again is changed in words. */
function change(field) {
  const known = session.state.changeable?.find((one) => one.field === field);
  if (!known) {
    composer.fill(t("change_words"));
    return;
  }
  const item = session.change(field, t("change_what", { what: known.label }));
  item.question = open_question;
  ask(null);
  log.optimistic(item, () => session.retry());
}

function ask(message) {
  open_question = message;
  if (message?.question.field === "read_back") import("./result.js").catch(() => {}); // there in time to be read out as one
  const dock = $("dock");
  prompt();
  tell({ palpate: "size", wide: message?.question.kind === "body_map" });
  if (!message) {
    if (dock.contains(document.activeElement)) toWriting();
    dock.hidden = true;
    dock.replaceChildren();
    return;
  }
  const { question, text } = message;
  const asked = text.split(/\n{2,}/).at(-1);
  const submit = (value, label) => send(label, value !== undefined && { question: question.field, value });
  controls(question, asked, submit, session).then((form) => {
    if (open_question !== message) return;
    dock.replaceChildren(...(form ? [form] : []));
    dock.hidden = !form;
    log.follow();
    $("hint").textContent = form ? t("answers") : "";
  }, () => status(t("offline"), true)); // a part could not be loaded: words still work
}

function prompt() {
  composer.prompt({ number: wantsNumber(open_question?.question), person: person?.name });
}

/** The focus goes to the message box; where that would bring a keyboard over half the screen, to the messages. */
function toWriting() {
  if (matchMedia("(pointer: coarse)").matches) $("roll").focus({ focusVisible: false });
  else composer.focus();
}

/** What the conversation tells the page. */
const told = {
  message(message, item) {
    const own = message.from === "visitor";
    const bubble = log.add(message, item, own ? last_asked : null);
    if (message.alert) {
      alarm.show(message.alert);
      if (!$("known").hidden) unfold(); // the advice needs the room
    }
    if (!own) tell({ palpate: "news" });
    if (message.outcome) card(bubble, message);
    if (message.from === "staff") person = message.event === "hand_back" ? null : { name: message.by, role: message.role };
    last_asked = own ? null : message.question?.field ?? last_asked;
    ask(message.question ? message : null);
  },
  state(state) {
    log.changeable((state.changeable ?? []).map(({ field }) => field));
    who(state.phase === "with_staff");
    progress(state);
    if (!$("known").hidden) understood();
    ending(state.ends_at);
    speakAs(state.locale);
    if (OVER.includes(state.phase)) ended(state.phase);
  },
  delivery(item) {
    log.delivery(item);
    if (item.problem?.problem?.alert) alarm.show(item.problem.problem.alert);
    if (item.status !== "refused") return;
    const { status: code } = item.problem;
    if (item.body.change || code !== 409) ask(item.question);
    if (item.body.change) item.bubble.remove();
    if (code === 413) {
      composer.fill(item.body.text);
      status(t("too_long"), true);
    } else if (!item.body.change) status(t(code === 409 ? "not_open" : code === 422 ? "not_fitting" : "refused"), true);
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
  connection(way) {
    if (way === "down") status(t("offline"), true);
    else if ($("status").textContent === t("offline")) status(t("online"));
    document.body.classList.toggle("offline", way === "down");
  },
  gone: () => ended("gone"),
  left: () => wipe(),
};

/** The chat went on in another language: so does its surface, as soon as nothing is half written. */
function speakAs(locale = "") {
  const path = facts.pages.split(" ").find((one) => one.startsWith(`${locale.slice(0, 2)}=`))?.slice(3);
  if (!path || locale.startsWith(document.documentElement.lang) || session.unsent || composer.text) return;
  location.replace(path + location.hash);
}

/** Who speaks: the assistant, or a person with name and role. */
function who(staffed) {
  const name = staffed ? person?.name ?? t("staff") : "";
  $("role").textContent = name ? t("person", { name, role: t(`role_${person?.role ?? ""}`) }) : t("automated");
  document.body.classList.toggle("staffed", staffed);
  if (!staffed) person = null;
  prompt();
}

function progress({ phase, asked, left, handoff }) {
  const asking = ["interview", "read_back", "with_staff"].includes(phase) && asked > 0;
  const number = handoff && phase !== "stopped" ? el("span", { class: "ref" }, handoff) : "";
  $("progress").replaceChildren(phase === "stopped" ? t("stopped")
    : handoff ? `${t("handed")} `
    : asking ? t(left ? "progress" : "progress_last", { asked, left })
    : phase === "consent" ? t("before") : "", number);
  $("record").hidden = phase === "consent";
  $("bar").firstElementChild.style.width = `${asking ? Math.round((100 * asked) / Math.max(1, asked + (left ?? 0))) : 0}%`;
}

/** Warns in time before the server forgets this chat, with a button that keeps it. */
function ending(at) {
  clearTimeout(end_timer);
  $("ending").replaceChildren();
  if (!at) return;
  end_timer = setTimeout(async () => {
    const [{ warning }] = await Promise.all([import("./ended.js"), speakMore()]);
    if (!over) $("ending").replaceChildren(warning(at, session, status));
  }, Math.max(0, Date.parse(at) - Date.now() - WARN_BEFORE));
}

async function understood() {
  const [{ chips }] = await Promise.all([import("./record.js"), speakMore()]);
  await chips($("known"), session, change);
}

function unfold() {
  const open = $("known").hidden;
  $("known").hidden = !open;
  $("record").setAttribute("aria-expanded", open);
  if (open) understood();
}

async function card(bubble, { outcome, text }) {
  const [{ result }] = await Promise.all([import("./result.js"), speakMore()]);
  bubble.querySelector(".text").replaceWith(result(outcome, text, facts, session));
  log.follow();
}

/** The chat is over (`closed`, `erased`, `gone`): nothing more is sent, and nothing of it stays in this browser. */
async function ended(kind) {
  if (over) return;
  over = true;
  session.end();
  told.busy(false);
  ending(null);
  status("");
  ask(null);
  for (const part of ["strip", "bar", "known", "composer", "privacy"]) $(part).hidden = true; // without a key none of them works
  const [parts] = await Promise.all([import("./ended.js"), speakMore()]);
  const again = parts.ended($("dock"), kind);
  if (kind === "erased") again.focus();
}

/** Shows that all is gone, on this screen too. */
function erased() {
  log.clear();
  alarm.clear();
  return ended("erased");
}

function wipe() {
  session.end();
  document.body.replaceChildren();
  tell({ palpate: "exit" });
}

function leave() {
  session.leave();
  wipe();
  window.top.location.replace(chosen.exit);
}

function tell(message) {
  if (framed && chosen.host) window.parent.postMessage(message, chosen.host);
}

function label() {
  $("name").textContent = chosen.name || facts.clinic;
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
  who(false);
}

function wire() {
  $("close").hidden = !framed || Boolean(chosen.inline);
  $("close").addEventListener("click", () => tell({ palpate: "close" }));
  $("exit").addEventListener("click", leave);
  $("record").addEventListener("click", unfold);
  $("privacy").addEventListener("click", async () => {
    const [{ menu }] = await Promise.all([import("./privacy.js"), speakMore()]);
    menu(session, { erased, facts, fix: change, leave, settings: chosen });
  });
  let shifts = [];
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]") && !chosen.inline) tell({ palpate: "close" });
    shifts = event.key === "Shift" && !event.repeat ? [...shifts.filter((at) => event.timeStamp - at < 1500), event.timeStamp] : [];
    if (shifts.length === 3) leave();
  });
  addEventListener("beforeunload", (event) => {
    if (session.unsent || ((composer.text || session.fragile) && !over)) event.preventDefault();
  });
  addEventListener("offline", () => told.connection("down"));
  addEventListener("online", () => told.connection("up"));
  addEventListener("hashchange", () => {
    Object.assign(chosen, settings());
    dress(chosen);
    label();
  });
  addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== chosen.host || event.data?.palpate !== "open") return;
    toWriting();
  });
}

/** A link's code, from another device or from last time; it stands behind the `#`, which no server sees, and leaves the address at once. */
function carried(key) {
  const given = new URLSearchParams(location.hash.slice(1));
  const code = given.get(key);
  given.delete(key);
  if (code) history.replaceState(null, "", `#${given}`);
  return code;
}

async function begin() {
  dress(chosen);
  await speak();
  session = new Session({ locale: chosen.language, on: told });
  label();
  wire();
  tell({ palpate: "ready" });
  status(t("starting"));
  const code = carried("returning");
  await session.start(carried("resume"), code);
  if ($("status").textContent === t("starting")) status("");
  log.live();
  const { phase } = session.state;
  if (code && phase === "consent") send(code);
  if (code && phase === "handed_off") { // it begins a new chat; into one that goes on it does not break
    session.end();
    location.hash += `&returning=${code}`;
    location.reload();
  }
}

begin();
