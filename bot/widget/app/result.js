/** The result as a card under the bot's words: which appointment, why by the visitor's own words, what to do next. */

import { el, icon } from "./dom.js";
import { learn, t } from "./words.js";

learn({
  relaxation_massage: "Relaxation massage", clinical_massage: "Clinical massage", doctor_first: "Your doctor first",
  not_now: "No massage for now", provisional: "once we have seen your doctor's note",
  why_this: "Why", next: "What happens next", watch: "Get medical help if you notice", more: "{n} more reasons",
  next_booking: "Our team reads your answers and offers you a time.",
  next_pending: "Your request is kept as pending until a person has read it.",
  next_doctor: "Show your doctor what you told us and ask whether massage suits you.",
  next_doctor_urgent: "See your doctor within the next few days.",
  next_defer: "Book again when this has passed; phone us if you are unsure when that is.",
  next_same_day: "Have it looked at by a doctor today. We do not book until you have been seen.",
  next_emergency: "Get emergency help now. We do not book anything today.",
  next_person: "A person makes the final decision and may call you.",
  alternative: "Possible already: {what}, away from the painful area.",
  phone_us: "Questions? {phone}",
  watch_text: "numbness between the legs, or bladder or bowel changes; new weakness; chest pain or breathlessness; one leg swollen or hot; a sudden severe headache, or a change of sight or speech; fever; pain that quickly gets worse",
});

/** A card for a result of contract §3; `facts` holds the clinic's phone. Unknown parts are left out, never guessed. */
export function result(outcome, facts) {
  const name = t(outcome.outcome);
  const reasons = (outcome.reasons ?? []).map(({ because }) => because).filter(Boolean);
  const steps = next(outcome);
  const alternative = outcome.alternative?.outcome ?? outcome.alternative;
  if (typeof alternative === "string") steps.push(t("alternative", { what: t(alternative).toLowerCase() }));
  return el("section", { class: `result ${outcome.outcome}`, "aria-label": name },
    el("h2", {}, icon(outcome.outcome === "not_now" ? "phone" : outcome.outcome === "doctor_first" ? "leaf" : "check"),
      el("span", {}, name, outcome.provisional ? el("small", {}, t("provisional")) : null)),
    reasons.length ? el("h3", {}, t("why_this")) : null,
    ...why(reasons),
    el("h3", {}, t("next")),
    el("ul", {}, ...steps.map((step) => el("li", {}, step))),
    outcome.urgency === "emergency" ? null : el("details", {}, el("summary", {}, t("watch")),
      el("ul", {}, ...t("watch_text").split("; ").map((sign) => el("li", {}, sign)))),
    facts.phone ? el("p", { class: "hint" }, t("phone_us", { phone: facts.phone })) : null);
}

function why(reasons) {
  if (!reasons.length) return [];
  const first = el("ul", {}, ...reasons.slice(0, 3).map((text) => el("li", {}, text)));
  const rest = reasons.slice(3);
  if (!rest.length) return [first];
  return [first, el("details", {}, el("summary", {}, t("more", { n: rest.length })), el("ul", {}, ...rest.map((text) => el("li", {}, text))))];
}

function next({ outcome, urgency, provisional }) {
  if (outcome === "not_now") return [t(`next_${urgency ?? "defer"}`)];
  if (outcome === "doctor_first") {
    return [...(urgency === "gp_urgent" ? [t("next_doctor_urgent")] : []), t("next_doctor"), t("next_person")];
  }
  return [t(provisional ? "next_pending" : "next_booking"), t("next_person")];
}
