/** Builds elements without markup strings, so that nothing anybody wrote can ever become HTML. */

/**
 * An element with attributes, `on…` listeners and children; null and false attributes are left out.
 * @param {string} name @param {Record<string, unknown>} [attributes] @param {...(Node|string)} children
 */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const SPACE = "http://www.w3.org/2000/svg";

/** An SVG element; the same rules as `el`. */
export function svg(name, attributes = {}, ...children) {
  const node = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

const ICONS = {
  send: "M5 12h13M12.5 6l6 6-6 6",
  phone: "M6.5 4h3l1.5 4-2 1.5a11 11 0 0 0 5.5 5.5l1.5-2 4 1.5v3a2 2 0 0 1-2 2A15 15 0 0 1 4.5 6a2 2 0 0 1 2-2z",
  leaf: "M5 19c0-8 4-13.5 14-14 .5 9-4.5 14-11 14-1.5 0-3-.5-3-2m0 3c1-4.5 4-8 8.5-10",
  check: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 7v5l3 2M12 3a9 9 0 1 0 .1 0z",
  pen: "M4.5 19.5l1-4L16 5l3 3L8.5 18.5zM14 7l3 3",
  file: "M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5",
  down: "M12 4v11M7.5 11L12 15.5 16.5 11M5 20h14",
};

/** A line icon; decoration only, so that names are always words beside it. */
export function icon(name) {
  const line = { fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linecap": "round", "stroke-linejoin": "round" };
  return svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", class: "icon" }, svg("path", { d: ICONS[name], ...line }));
}

/** Plain text as paragraphs, line breaks and simple lists ("- one"), by text nodes alone. */
export function paragraphs(text) {
  return text.split(/\n{2,}/).filter((part) => part.trim()).flatMap((part) => {
    const lines = part.split("\n");
    const blocks = [];
    for (const line of lines) {
      const item = /^\s*[-•*]\s+(.*)/.exec(line);
      const last = blocks.at(-1);
      if (item) {
        if (last?.tagName === "UL") last.append(el("li", {}, item[1]));
        else blocks.push(el("ul", {}, el("li", {}, item[1])));
      } else if (last?.tagName === "P") last.append(el("br"), line);
      else blocks.push(el("p", {}, line));
    }
    return blocks;
  });
}

/** Gives a file to the visitor. */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
