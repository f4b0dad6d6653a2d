/** The clinic's own look, from the settings behind the `#`: colour with enough contrast, theme, direction. */

const RIGHT_TO_LEFT = ["ar", "he", "fa", "ur"];
const SURFACES = { light: "#fbf7f1", dark: "#131917" };

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
  if (!colour) return root.removeAttribute("style");
  root.style.setProperty("--fill", colour);
  root.style.setProperty("--on-fill", contrast(colour, "#ffffff") >= contrast(colour, "#10211a") ? "#ffffff" : "#10211a");
  root.style.setProperty("--accent-light", readable(colour, SURFACES.light, "#000000"));
  root.style.setProperty("--accent-dark", readable(colour, SURFACES.dark, "#ffffff"));
  return undefined;
}

const parts = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

function luminance(hex) {
  const [r, g, b] = parts(hex).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG contrast ratio of two `#rrggbb` colours, 1 to 21. */
export function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** The colour, moved towards `goal` until text in it can be read on the surface. */
function readable(colour, surface, goal) {
  for (let step = 0; step <= 10; step += 1) {
    const mixed = parts(colour).map((part, at) => Math.round(part + (parts(goal)[at] - part) * step / 10));
    const hex = `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
    if (contrast(hex, surface) >= 5.5) return hex;
  }
  return goal;
}
