/** The result as a card around the bot's own words: which appointment, why by what the visitor told, whom to ask. */

import { el, icon, paragraphs } from "./dom.js";
import { learn, t } from "./words.js";

learn({
  relaxation_massage: "Relaxation massage", clinical_massage: "Clinical massage", doctor_first: "Your doctor first",
  not_now: "No massage for now", provisional: "once we have seen your doctor's note", looked_at: "once a person has looked at it",
  why_this: "Why", more: "{n} more reasons", phone_us: "Questions? {phone}",
});

/**
 * A card for a result of contract §3; `said` are the bot's words with it, `facts` holds the clinic's phone.
 * The bot's words are often the reasons in a row; what the list below says is not said above it once more.
 */
export function result(outcome, said, facts) {
  const name = t(outcome.outcome);
  const reasons = once((outcome.reasons ?? []).filter((one) => one.outcome === outcome.outcome).map(({ because }) => because).filter(Boolean));
  const lead = said.split(/\n{2,}/).map((part) => sentences(part).filter((one) => !reasons.some((reason) => reason.includes(one))).join(" "));
  const held = outcome.provisional && t(outcome.rule === "R-X00" ? "looked_at" : "provisional");
  return el("section", { class: `result ${outcome.outcome}`, "aria-label": name },
    el("h2", {}, icon(outcome.outcome === "not_now" ? "phone" : outcome.outcome === "doctor_first" ? "leaf" : "check"),
      el("span", {}, name, held ? el("small", {}, held) : null)),
    ...paragraphs(lead.join("\n\n")),
    reasons.length ? el("h3", {}, t("why_this")) : null,
    ...why(reasons),
    facts.phone ? el("p", { class: "hint" }, t("phone_us", { phone: facts.phone })) : null);
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
  const list = (some) => el("ul", {}, ...some.map((text) => el("li", {}, text)));
  const rest = reasons.slice(4);
  if (!rest.length) return [list(reasons)];
  return [list(reasons.slice(0, 4)), el("details", {}, el("summary", {}, t("more", { n: rest.length })), list(rest))];
}
