// A reason and the visitor's words behind it light up together, and following one brings the words into view.
function light(facts, on) {
  for (const mark of document.querySelectorAll("mark[data-facts]")) {
    if (mark.dataset.facts.split(" ").some((fact) => facts.includes(fact))) mark.classList.toggle("on", on);
  }
}
for (const item of document.querySelectorAll(".reasons > li, dd[data-fact], li[data-fact], p[data-fact]")) {
  const facts = item.dataset.fact ? [item.dataset.fact] : [...item.querySelectorAll("[data-fact]")].map((one) => one.dataset.fact);
  for (const [name, on] of [["mouseenter", true], ["mouseleave", false], ["focusin", true], ["focusout", false]]) item.addEventListener(name, () => light(facts, on));
}
