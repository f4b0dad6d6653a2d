/** Builds the tag from the form and shows every change on the live button in the corner. */

const form = document.querySelector(".builder form");
const home = document.querySelector(".builder").dataset.home;
const code = document.getElementById("tag");
const copied = document.getElementById("copied");

function quoted(text) {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

function build() {
  const values = [...new FormData(form)].filter(([key, value]) => value.trim() && !(key === "colour" && value === "#2e5e4e"));
  const chat = document.querySelector("palpate-chat");
  for (const { name } of form.elements) {
    const value = values.find(([key]) => key === name)?.[1].trim();
    if (value) chat?.setAttribute(name, value);
    else chat?.removeAttribute(name);
  }
  const settings = values.map(([key, value]) => `\n  data-${key}="${quoted(value.trim())}"`).join("");
  code.textContent = `<script src="${home}/widget.js"${settings} defer></script>`;
  copied.textContent = "";
}

form.addEventListener("input", build);
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(code.textContent);
    copied.textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(code);
    copied.textContent = "Marked. Copy it with your keyboard.";
  }
});
build();
