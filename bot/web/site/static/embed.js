/** Builds the tag from the form and shows every change on the live button in the corner. */

const form = document.querySelector(".builder form");
const home = document.querySelector(".builder").dataset.home;
const code = document.getElementById("tag");
const copied = document.getElementById("copied");

const DEFAULTS = { colour: "#2e5e4e", radius: "18" };
const LOGO_SIDE = 96; // px; the chat shows it at 40

function quoted(text) {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

function build() {
  const values = [...new FormData(form)].filter(([key, value]) => value.trim() && value !== DEFAULTS[key]);
  const chat = document.querySelector("palpate-chat");
  document.getElementById("round").textContent = form.elements.radius.value;
  for (const { name } of form.elements) {
    if (!name) continue;
    const value = values.find(([key]) => key === name)?.[1].trim();
    if (value) chat?.setAttribute(name, value);
    else chat?.removeAttribute(name);
  }
  const settings = values.map(([key, value]) => `\n  data-${key}="${quoted(value.trim())}"`).join("");
  const page = `${home}/widget/app/${form.elements.language.value ? `${form.elements.language.value}/` : ""}`;
  code.textContent = `<script src="${home}/widget.js"${settings} defer></script>\n<noscript><a href="${page}">Open the chat</a></noscript>`;
  copied.textContent = "";
}

/** The picture as a small PNG within the tag, so that nobody has to be asked for it. */
async function logo(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LOGO_SIDE / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: picture.width * scale, height: picture.height * scale });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png");
}

document.getElementById("picture").addEventListener("change", async ({ target }) => {
  const made = target.files[0] && (await logo(target.files[0]).catch(() => null));
  form.elements.logo.value = made ?? "";
  build();
  if (made === null) copied.textContent = "That file is not a picture this browser can read.";
});
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
