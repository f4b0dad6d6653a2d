/** The contact question: name, and a phone number or an e-mail address, checked while it is written. */

import { el } from "./dom.js";
import { sending, sendRow } from "./answers.js";
import { t } from "./words.js";

const FIELDS = [
  { key: "name", type: "text", autocomplete: "name", good: (text) => text.length > 1 && text.length <= 100 },
  { key: "phone", type: "tel", autocomplete: "tel", good: (text) => !text || (/^[+\d][\d\s().-]*$/.test(text) && text.replace(/\D/g, "").length >= 7) },
  { key: "email", type: "email", autocomplete: "email", good: (text) => !text || /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/.test(text) },
];

/** The parts of the contact form; sends `{name, phone, email}` with null for what was left out. */
export function contact(question, submit, form) {
  const rows = FIELDS.map((field) => row(field));
  const values = () => Object.fromEntries(rows.map(({ field, input }) => [field.key, input.value.trim() || null]));
  sending(form, () => {
    const wrong = rows.filter((one) => !one.check());
    if (wrong.length) {
      wrong[0].input.focus(); // which reads the note beside it; said once more it would be heard twice
      return null;
    }
    const value = values();
    if (!value.phone && !value.email) {
      rows[1].input.focus();
      return t("bad_both");
    }
    submit(value, Object.values(value).filter(Boolean).join(", "));
    return null;
  });
  return [el("div", { class: "fields" }, ...rows.map(({ node }) => node)), el("p", { class: "hint" }, t("one_of")), ...sendRow()];
}

function row(field) {
  const id = `contact-${field.key}`;
  const note = el("span", { id: `${id}-note`, class: "note" });
  const input = el("input", {
    id, type: field.type, autocomplete: field.autocomplete, maxlength: 120,
    "aria-describedby": note.id, required: field.key === "name",
  });
  let touched = false;
  const check = () => {
    const good = field.good(input.value.trim());
    touched = true;
    input.setAttribute("aria-invalid", String(!good));
    note.textContent = good ? "" : t(`bad_${field.key}`);
    return good;
  };
  input.addEventListener("blur", () => (input.value || touched) && check());
  input.addEventListener("input", () => touched && check());
  return { field, input, note, check, node: el("div", { class: "field" }, el("label", { for: id }, t(field.key)), input, note) };
}
