/** The words of the chat's own surface; what the bot says comes from the server. */

export const en = {
  assistant: "Assistant", you: "You", staff: "Staff", said: "{who} said: ",
  automated: "Automated assistant", person: "You are talking with a person",
  intro: "Tell us what hurts, in your own words. We ask a few questions, then say which appointment fits and why.",
  placeholder: "Write a message…", placeholder_number: "A number, or in words…",
  send: "Send", sending: "Sending…", sent: "Sent", failed: "Not sent yet. We keep trying.", retry: "Try again",
  refused: "Not sent.", too_long: "That is longer than 2,000 characters. It is back in the box: please shorten it.",
  not_open: "That question was already answered.",
  not_fitting: "That answer did not fit. Please answer in words.",
  typing: "The assistant is writing", slow: "This takes longer than usual. Your message is safe.",
  offline: "No connection. What you write waits here and is sent when you are back.",
  online: "Connected again.", starting: "Connecting…",
  progress: "Asked {asked}, about {left} left", progress_last: "Asked {asked}, almost done",
  handed: "With our team. Reference", stopped: "The questions have ended. You can still write to us.",
  answers: "Answer buttons are above the message box.",
  why: "Why we ask", skip: "Skip this question", yes: "Yes", no: "No",
  latest: "Newest message",
  emergency_title: "This may be an emergency", emergency_text: "Stop here and get help now. Do not wait for us.",
  same_day_title: "Please see a doctor today", same_day_text: "Massage waits until you have been checked.",
  call: "Call {number}", call_now: "Call {number} now",
  understood: "What I understood", conversation: "Conversation", chat: "Messages and answers", answer: "Your answer", close: "Close chat",
  exit: "Quick exit", exit_why: "Leaves this site at once and clears the chat from the screen",
  limits: "Not a diagnosis, not an emergency service. In an emergency call {number}.", privacy: "Your data",
};

// language -> import of a module with `words`; add one when the bot speaks the language too
const others = {};
let words = en;

/** Loads the words of a language and returns the language spoken from now on: English where we have no other. */
export async function speak(language) {
  const short = language.slice(0, 2);
  const more = await others[short]?.().catch(() => null);
  if (more) words = { ...en, ...more.words };
  return more ? short : "en";
}

/** The words for a key, with `{places}` filled; words an optional part brings are merged by `learn`. */
export function t(key, places = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => places[name] ?? whole);
}

/** Adds the words of a part that is loaded when needed, without touching those already translated. */
export function learn(more) {
  words = { ...more, ...words };
}
