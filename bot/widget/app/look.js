/** The clinic's own look, from the settings behind the `#`: language, direction, theme, colour, corners and logo. */

import { el, icon } from "./dom.js";

/** The settings the clinic's tag gave; unknown ones are dropped, bad ones are left out. */
export function settings() {
  const given = new URLSearchParams(location.hash.slice(1));
  const one = (key, pattern) => (pattern.test(given.get(key) ?? "") ? given.get(key) : "");
  return {
    host: one("host", /^https?:\/\/[^/\s]+$/),
    colour: one("colour", /^#[0-9a-f]{6}$/i),
    radius: one("radius", /^([0-9]|[12][0-9]|3[0-2])$/),
    logo: one("logo", /^data:image\/(png|jpeg|webp|svg\+xml);base64,[\w+/=]{1,60000}$/),
    name: one("name", /^.{1,60}$/),
    greeting: one("greeting", /^[^]{1,300}$/),
    language: one("language", /^[a-z]{2}(-\w{2,4})?$/i) || "en",
    inline: one("inline", /^1$/), // a part of the clinic's page: there is nothing to close
    direction: one("direction", /^(ltr|rtl)$/) || "ltr",
    theme: one("theme", /^(light|dark)$/),
    exit: one("exit", /^https?:\/\/\S+$/) || "https://www.wikipedia.org/",
  };
}

/** Puts language, direction, theme, colours, corners and logo on the page. */
export function dress({ colour, direction, theme, radius, logo }) {
  const root = document.documentElement;
  root.dir = direction;
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  root.removeAttribute("style");
  if (radius) root.style.setProperty("--r", `${radius}px`);
  if (colour) import("./tint.js").then(({ tint }) => tint(colour));
  const face = document.querySelector(".face");
  face.classList.toggle("logo", Boolean(logo));
  face.replaceChildren(logo ? el("img", { src: logo, alt: "" }) : icon("leaf"));
}
