// A conversation that goes on: new lines keep the end in view unless the reader has scrolled up.
const log = document.getElementById("log");
if (log && document.body.dataset.live) {
  log.scrollTop = log.scrollHeight;
  let atEnd = true;
  log.addEventListener("scroll", () => { atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60; });
  document.body.addEventListener("htmx:sseMessage", () => { if (atEnd) log.scrollTop = log.scrollHeight; });
}

// The row of moves stays in view and has one line or more; what scrolls below it keeps clear of it.
const acts = document.querySelector(".acts");
if (acts) new ResizeObserver(() => document.documentElement.style.setProperty("--acts", `${acts.offsetHeight}px`)).observe(acts);

// A canned reply goes into the field, where it can be changed before it is sent.
for (const list of document.querySelectorAll("[data-replies]")) {
  list.closest("label").hidden = false;
  list.addEventListener("change", () => {
    const field = list.form.querySelector("textarea");
    if (list.value) field.value = [field.value.trim(), list.value].filter(Boolean).join("\n");
    list.value = "";
    field.focus();
  });
}
