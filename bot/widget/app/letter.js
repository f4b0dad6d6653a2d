/** A doctor's letter: added as photo or PDF, listed, removed; nobody but staff ever sees it again. */

import { el, icon } from "./dom.js";
import { t } from "./words.js";

const LONGEST_SIDE = 2400; // px of a photo: enough to read print on A4

const REFUSED = { 413: "letter_large", 415: "letter_type", 409: "letter_many" };

/** The part that adds letters to this conversation. */
export function letters(session) {
  const list = el("ul", { class: "picked" });
  const note = el("p", { class: "hint", role: "status" });
  const file = el("input", { type: "file", id: "letter-file", class: "vh", accept: "application/pdf,image/*" });
  const say = (key, wrong = false) => {
    note.textContent = t(key);
    note.className = wrong ? "wrong" : "hint";
  };
  const row = ({ id, type, size }) => {
    const name = `${t(type === "application/pdf" ? "letter_pdf" : "letter_image")}, ${Math.ceil(size / 1000)} kB`;
    const drop = el("button", { type: "button", class: "link", "aria-label": t("remove", { what: name }) }, "×");
    const line = el("li", {}, icon("file"), name, drop);
    drop.addEventListener("click", () => session.call(`/letters/${id}`, { method: "DELETE" }).then(() => {
      line.remove();
      say("letter_removed");
      file.focus();
    }, () => say("letter_failed", true)));
    return line;
  };
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    file.value = "";
    say("letter_sending");
    try {
      const answer = await session.call("/letters", { method: "POST", body: await smaller(chosen), signal: AbortSignal.timeout(120000) });
      list.append(row(await answer.json()));
      say("letter_added");
    } catch (problem) {
      say(REFUSED[problem.status] ?? "letter_failed", true);
    }
  });
  session.call("/letters").then((answer) => answer.json()).then((found) => list.append(...found.letters.map(row)), () => {});
  return el("div", { class: "letter" }, el("p", { id: "letter-ask" }, el("strong", {}, t("letter")), " ", t("letter_why")),
    list, file, el("label", { for: "letter-file", class: "option" }, icon("file"), t("letter_add")), note);
}

/** A photo made smaller, which also drops the place and time a phone writes into it; anything else as it is. */
async function smaller(file) {
  if (!file.type.startsWith("image/")) return file;
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return file;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = el("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob((blob) => done(blob ?? file), "image/jpeg", 0.85));
}
