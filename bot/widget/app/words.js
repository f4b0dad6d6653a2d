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

/** Loads the words of the parts that come later, once. */
export function speakMore() {
  later ??= import(`./${language}_parts.js`).then((more) => {
    words = { ...more.words, ...words };
  });
  return later;
}

/** The words for a key, with `{places}` filled; the key itself where there are none. */
export function t(key, places = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => places[name] ?? whole);
}
