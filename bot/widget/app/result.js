/** The result as a card around the bot's own words: which appointment, why by what the visitor told, what next, and papers to take along. */

import { dialled } from "./alert.js";
import { el, icon, paragraphs, save } from "./dom.js";
import { letters } from "./letter.js";
import { t } from "./words.js";

/**
 * A card for a result of contract §3; `said` are the bot's words with it, `facts` holds the clinic's phone.
 * The bot's words are often the reasons in a row; what the list below says is not said above it once more.
 */
export function result(outcome, said, facts, session) {
  const name = t(outcome.outcome);
  const reasons = once((outcome.reasons ?? []).filter((one) => one.outcome === outcome.outcome).map(({ because }) => because).filter(Boolean));
  const lead = said.split(/\n{2,}/).map((part) => sentences(part).filter((one) => !reasons.some((reason) => reason.includes(one))).join(" "));
  const held = outcome.provisional && t(outcome.rule === "R-X00" ? "looked_at" : "provisional");
  const doctor = outcome.outcome === "doctor_first";
  const urgent = ["emergency", "same_day"].includes(outcome.urgency);
  return el("section", { class: `result ${outcome.outcome} ${outcome.urgency ?? ""}`, "aria-label": name },
    el("h2", {}, icon(urgent ? "phone" : outcome.outcome === "not_now" ? "clock" : doctor ? "leaf" : "check"),
      el("span", {}, name, held ? el("small", {}, held) : null)),
    ...paragraphs(lead.join("\n\n")),
    reasons.length ? el("h3", {}, t("why_this")) : null,
    ...why(reasons),
    ...(urgent ? [] : [el("h3", {}, t("next")), el("ol", { class: "next" }, ...t(`next_${outcome.outcome}`).split("\n").map((step) => el("li", {}, step)))]),
    ...(urgent ? [] : papers(session, doctor)),
    !urgent && (doctor || (held && outcome.rule !== "R-X00")) ? letters(session) : null,
    facts.phone ? el("p", { class: "hint" }, t("phone_us"), " ", el("a", { href: `tel:${dialled(facts.phone)}` }, facts.phone)) : null);
}

/** What can be taken along: the summary, the note for the doctor, the page on paper. */
function papers(session, doctor) {
  const note = el("p", { class: "wrong", role: "alert" });
  const fetched = (path, name) => async () => {
    note.textContent = "";
    await session.call(path).then((answer) => answer.blob()).then((blob) => save(blob, name), () => { note.textContent = t("file_failed"); });
  };
  const button = (key, symbol, work) => el("button", { type: "button", class: "option", onclick: work }, icon(symbol), t(key));
  return [el("div", { class: "options papers" },
    doctor ? button("doctor_note", "file", fetched("/doctor-note.pdf", "note-for-your-doctor.pdf")) : null,
    button("pdf", "down", fetched("/summary.pdf", "massage-summary.pdf")),
    button("print", "file", () => print())), note];
}

const sentences = (text) => text.trim().split(/(?<=[.!?][”"]?)\s+/);

/** The reasons, a sentence that several of them end with said only by the last. */
function once(reasons) {
  const heard = new Set();
  return reasons.reverse().map((reason) => {
    const fresh = sentences(reason).filter((one) => !heard.has(one));
    fresh.forEach((one) => heard.add(one));
    return fresh.join(" ");
  }).filter(Boolean).reverse();
}

function why(reasons) {
  if (!reasons.length) return [];
  const list = (some) => el("ul", {}, ...some.map((text) => el("li", {}, ...quoted(text))));
  const rest = reasons.slice(4);
  if (!rest.length) return [list(reasons)];
  return [list(reasons.slice(0, 4)), el("details", {}, el("summary", {}, t("more", { n: rest.length })), list(rest))];
}

/** The visitor's own words within a reason stand out. */
function quoted(text) {
  return text.split(/([“"«][^”"»]+[”"»])/).map((part) => (/^[“"«]/.test(part) ? el("em", {}, part) : part));
}
