/** The clinic's own look, from the settings behind the `#`: language, direction, theme and colour. */

const RIGHT_TO_LEFT = ["ar", "he", "fa", "ur"];

/** The settings the clinic's tag gave; unknown ones are dropped, bad ones are left out. */
export function settings() {
  const given = new URLSearchParams(location.hash.slice(1));
  const one = (key, pattern) => (pattern.test(given.get(key) ?? "") ? given.get(key) : "");
  return {
    host: one("host", /^https?:\/\/[^/\s]+$/),
    colour: one("colour", /^#[0-9a-f]{6}$/i),
    name: one("name", /^.{1,60}$/),
    greeting: one("greeting", /^[^]{1,300}$/),
    language: one("language", /^[a-z]{2}(-[A-Za-z]{2,4})?$/) || "en",
    theme: one("theme", /^(light|dark)$/),
    exit: one("exit", /^https?:\/\/\S+$/) || "https://www.wikipedia.org/",
  };
}

/** Puts language, direction, theme and colours on the page. */
export function dress({ colour, language, theme }) {
  const root = document.documentElement;
  root.lang = language;
  root.dir = RIGHT_TO_LEFT.includes(language.slice(0, 2)) ? "rtl" : "ltr";
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  if (colour) import("./tint.js").then(({ tint }) => tint(colour));
  else root.removeAttribute("style");
}
