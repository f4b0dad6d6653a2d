// Nothing typed is lost: what stands in a form of a hand-off is kept in this tab until it was taken, or its writer signs out.
const KEY = "palpate-desk-draft";
const who = document.body.dataset.who;

function kept() {
  try { return JSON.parse(sessionStorage.getItem(KEY) ?? "{}"); } catch { return {}; }
}
function keep(drafts) {
  try { sessionStorage.setItem(KEY, JSON.stringify(drafts)); } catch { /* no storage here */ }
}
const nameOf = (field) => `${new URL(field.form.action).pathname} ${field.name}`;
const fields = () => document.querySelectorAll("form[action^='/desk/handoffs/'] textarea, form[action^='/desk/live/'] textarea");

if (who) {
  const all = kept();
  if (all.who !== who) keep({ who });  // somebody else sits here now: nothing of the one before
  const drafts = all.who === who ? all : { who };
  const sent = drafts.sent;
  delete drafts.sent;
  for (const field of fields()) {
    const name = nameOf(field);
    // The page came back from this very form without a refusal: it was taken.
    if (sent === name.split(" ")[0] && !field.form.querySelector(".refused")) delete drafts[name];
    else if (drafts[name] && !field.value) {
      field.value = drafts[name];
      const closed = field.closest("details.act");
      if (closed) closed.open = true;
    }
    field.addEventListener("input", () => keep({ ...kept(), who, [name]: field.value || undefined }));
  }
  keep(drafts);
  document.addEventListener("submit", (event) => {
    const path = new URL(event.submitter?.getAttribute("formaction") ?? event.target.action, location).pathname;
    if (path === "/desk/sign-out") sessionStorage.removeItem(KEY);
    else if (path.startsWith("/desk/handoffs/") || path.startsWith("/desk/live/")) keep({ ...kept(), who, sent: path });
  });
} else {
  keep({ ...kept(), sent: undefined });  // signed out meanwhile: what was sent last was not taken
}
