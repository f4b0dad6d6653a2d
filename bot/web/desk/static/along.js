// From one hand-off to the next without going back to the list: the rows of the queue one came from, in its order.
const KEY = "palpate-desk-along";

function remember() {
  const rows = [...document.querySelectorAll(".rowlink")].map((row) => row.getAttribute("href"));
  try { sessionStorage.setItem(KEY, JSON.stringify({ rows, queue: `${location.pathname}${location.search}` })); } catch { /* no storage here */ }
}

function show(nav) {
  let kept;
  try { kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null"); } catch { kept = null; }
  const at = kept?.rows.indexOf(location.pathname) ?? -1;
  if (at < 0) return;
  for (const [link, to] of [[nav.querySelector("[rel=prev]"), kept.rows[at - 1]], [nav.querySelector("[rel=next]"), kept.rows[at + 1]]]) {
    if (to) link.href = to;
    else link.hidden = true;
  }
  nav.querySelector("[data-place]").textContent = `${at + 1} / ${kept.rows.length}`;
  nav.hidden = false;
  document.querySelector(".crumbs [data-key=u]").href = kept.queue;
}

if (document.body.dataset.page === "queue") {
  remember();
  document.body.addEventListener("htmx:afterSettle", remember);
}
const nav = document.querySelector("[data-along]");
if (nav) show(nav);
