/** The clinic's colour on every part of the chat, moved as far as it takes for text to be readable. */

const SURFACES = { light: "#fbf7f1", dark: "#131917" };

/** Sets the colour tokens of app.css from one `#rrggbb`. */
export function tint(colour) {
  const { style } = document.documentElement;
  style.setProperty("--fill", colour);
  style.setProperty("--on-fill", contrast(colour, "#ffffff") >= contrast(colour, "#000000") ? "#ffffff" : "#000000");
  style.setProperty("--accent-light", readable(colour, SURFACES.light, "#000000"));
  style.setProperty("--accent-dark", readable(colour, SURFACES.dark, "#ffffff"));
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
