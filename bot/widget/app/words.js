/** The words of the chat's own surface, two files a language, loaded when it is spoken; what the bot says comes from the server. */

/** The language spoken here: that of the page, which the server chose among those it has. */
export const language = document.documentElement.lang;

const first = import(`./${language}.js`); // at once, beside the other modules
let later;
let words = {};

/** Waits for the words that the chat begins with. */
export async function speak() {
  ({ words } = await first);
}

/** Loads the words and the look of the parts that come later, once; a failed try does not stand in the way of the next. */
export function speakMore() {
  later ??= Promise.all([import(`./${language}_parts.js`), dressMore()]).then(([more]) => {
    words = { ...more.words, ...words };
  }).catch((problem) => {
    later = null;
    throw problem;
  });
  return later;
}

function dressMore() {
  return new Promise((onload, onerror) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/widget/app/parts.css", onload, onerror });
    document.head.append(link);
  });
}

/** The words for a key, with `{places}` filled; the key itself where there are none. */
export function t(key, places = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => places[name] ?? whole);
}
