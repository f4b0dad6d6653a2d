/**
 * The one tag on the clinic's page: a button and a frame, and nothing that could read what is said inside it.
 *
 *   <script src="https://chat.clinic.example/widget.js" data-name="Alder Row" data-colour="#2e5e4e" defer></script>
 *
 * The chat itself runs in a frame on its own origin. Only "ready", "open", "close", "size", "news" and "exit" cross, each
 * with the exact origin and source checked on both sides. Everything it draws lives in a shadow root with a constructed
 * style sheet, so that a strict content security policy of the host page needs no exception but `script-src` and
 * `frame-src`. `window.Palpate` is for pages that come and go without loading: mount, unmount, open, close.
 */
(() => {
  "use strict";
  // A module has no currentScript.
  const tag = document.currentScript ?? [...document.scripts].findLast(({ src }) => /\/widget\.js(\?|$)/.test(src));
  const warn = (words) => console.warn(`Palpate: ${words}`);
  if (window.Palpate) {
    window.Palpate.mount(tag.dataset); // a page that was put in place of another brought its own tag
    return;
  }
  const home = new URL(tag.src).origin;
  const SETTINGS = {
    colour: /^#[0-9a-f]{6}$/i,
    radius: /^([0-9]|[12][0-9]|3[0-2])$/,
    logo: /^data:image\/(png|jpeg|webp|svg\+xml);base64,[\w+/=]{1,60000}$/,
    position: /^(left|right)$/,
    label: /^.{1,40}$/,
    name: /^.{1,60}$/,
    greeting: /^[^]{1,300}$/,
    language: /^(en|es)(-\w+)?$/i,
    direction: /^(ltr|rtl)$/,
    theme: /^(light|dark)$/,
    exit: /^https?:\/\/\S+$/,
  };
  const PLACES = { inline: /./, mount: /^manual$/ }; // of the tag alone: where the chat goes, and whether by itself
  const PATIENCE = 10000; // ms until a frame that stays silent is called unreachable
  const WORDS = {
    en: {
      open: "Tell us what hurts", close: "Close chat", news: "New message", title: "Chat with {name}", us: "the clinic",
      down: "The chat cannot be reached right now. Please phone us. In an emergency, call your emergency number.",
    },
    es: {
      open: "Cuéntenos qué le duele", close: "Cerrar el chat", news: "Mensaje nuevo", title: "Chat con {name}", us: "la clínica",
      down: "Ahora no se puede abrir el chat. Llámenos por teléfono. En una emergencia, llame al número de emergencias.",
    },
  };
  const LOOK = `
    :host { --fill: #2e5e4e; --on: #fff; --r: 22px; all: initial; position: fixed; z-index: 2147483000; inset-block-end: 20px;
      inset-inline-end: 20px; font: 600 16px/1.25 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color-scheme: normal; pointer-events: none; }
    .open, .panel { pointer-events: auto; }
    :host([position="left"]) { inset-inline: 20px auto; }
    @media print { :host { display: none; } }
    button { font: inherit; cursor: pointer; border: 0; }
    .open { position: relative; display: flex; align-items: center; gap: 10px; min-height: 56px; padding: 0 22px 0 18px; border-radius: min(28px, var(--r) * 1.4);
      background: var(--fill); color: var(--on); box-shadow: 0 1px 2px rgb(0 0 0 / .2), 0 10px 28px rgb(20 30 25 / .24); }
    .open svg { width: 26px; height: 26px; flex: none; }
    .news { position: absolute; inset: -3px -3px auto auto; width: 18px; height: 18px; border: 3px solid #fff; border-radius: 50%; background: #c62f22; overflow: hidden; text-indent: 99px; }
    button:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #17211d; }
    .panel { position: fixed; inset-block: auto 20px; inset-inline: auto 20px; width: 408px; height: min(720px, calc(100dvh - 40px));
      border-radius: var(--r); overflow: hidden; color-scheme: light dark; background: #fbf7f1; color: #22302b; border: 1px solid rgb(20 30 25 / .14);
      background: light-dark(#fbf7f1, #131917); color: light-dark(#22302b, #edf1ee); border-color: light-dark(rgb(20 30 25 / .14), #3a463f);
      box-shadow: 0 2px 6px rgb(20 30 25 / .1), 0 24px 64px rgb(20 30 25 / .28); }
    .light { color-scheme: light; }
    .dark { color-scheme: dark; }
    :host([position="left"]) .panel { inset-inline: 20px auto; }
    .panel.wide { width: min(680px, calc(100vw - 40px)); height: calc(100dvh - 40px); }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    .down { display: grid; gap: 20px; place-content: center; justify-items: center; height: 100%; padding: 32px; box-sizing: border-box; text-align: center; font-weight: 400; line-height: 1.5; }
    .down p { margin: 0; max-width: 34ch; }
    .down button { min-height: 44px; padding: 0 18px; border-radius: var(--r); background: var(--fill); color: var(--on); }
    [hidden] { display: none !important; }
    @media (max-width: 520px), (max-height: 480px) {
      .panel, .panel.wide, :host([position="left"]) .panel { inset: 0; width: 100%; height: 100dvh; border: 0; border-radius: 0; }
      .away:not(:focus-visible, :has(.news:not([hidden]))) { opacity: 0; pointer-events: none; }
      .short { width: 60px; min-height: 60px; padding: 0 17px; }
      .short > span:not(.news) { position: absolute; width: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    }
    :host([inline]) { position: static; display: block; height: 100%; min-height: 480px; }
    :host([inline]) .panel { position: static; width: 100%; height: 100%; min-height: inherit; box-sizing: border-box; box-shadow: none; animation: none; }
    @media (forced-colors: active) { .open, .panel { border: 2px solid ButtonText; } }
    @media (prefers-reduced-motion: no-preference) {
      .open { transition: transform .15s, opacity .15s; } .open:hover { transform: translateY(-2px); }
      .panel { animation: rise .22s cubic-bezier(.2, .8, .3, 1); }
      @keyframes rise { from { opacity: 0; transform: translateY(14px) scale(.985); } }
    }`;
  const COVERS = matchMedia("(max-width: 520px), (max-height: 480px)"); // then the open chat hides the whole page

  const dressed = (node, attributes, ...children) => {
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const make = (name, attributes = {}, ...children) => dressed(document.createElement(name), attributes, ...children);
  const svg = (name, attributes, ...children) => dressed(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, ...children);
  const bubble = () => svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", {
    d: "M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H11l-4.6 4.2c-.5.5-1.4.1-1.4-.6v-4.3A2.5 2.5 0 0 1 4 13.5zM8 8h8M8 11.5h5",
    fill: "none", stroke: "currentColor", "stroke-width": "1.8", "stroke-linecap": "round", "stroke-linejoin": "round",
  }));

  /** Black or white, whichever reads better on the colour (WCAG relative luminance). */
  const inkOn = (hex) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const part = parseInt(hex.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000000" : "#ffffff";
  };

  class PalpateChat extends HTMLElement {
    static observedAttributes = Object.keys(SETTINGS);

    connectedCallback() {
      this.inline = this.hasAttribute("inline");
      const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(LOOK);
      root.adoptedStyleSheets = [sheet];
      this.label = make("span");
      this.dot = make("span", { class: "news", hidden: "" });
      this.button = make("button", { class: "open", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false" }, bubble(), this.label, this.dot);
      this.panel = make("div", { class: "panel", role: this.inline ? "region" : "dialog", hidden: "" });
      root.replaceChildren(this.button, this.panel);
      this.button.addEventListener("click", () => this.open());
      this.gone = new AbortController();
      const until = { signal: this.gone.signal };
      addEventListener("message", (event) => this.heard(event), until);
      // What the chat covers whole must not take the focus.
      document.addEventListener("focusin", ({ target }) => {
        if (target !== this && !this.inline && !this.panel.hidden && COVERS.matches) (this.frame ?? this.panel.querySelector("button")).focus();
      }, until);
      this.dress();
      this.giveRoom();
      if (this.inline) this.whenSeen();
    }

    disconnectedCallback() {
      this.gone.abort();
      this.near.disconnect();
      clearTimeout(this.silence);
      this.frame = null;
      this.ready = false;
    }

    attributeChangedCallback(key, _, value) {
      if (value && !SETTINGS[key].test(value)) warn(`${key}="${value.slice(0, 60)}" is left out, it does not match ${SETTINGS[key]}`);
      if (this.panel) this.dress();
    }

    setting(key) {
      const value = this.getAttribute(key) ?? "";
      return SETTINGS[key].test(value) ? value : "";
    }

    dress() {
      const colour = this.setting("colour");
      this.style.setProperty("--fill", colour);
      this.style.setProperty("--on", colour && inkOn(colour));
      this.style.setProperty("--r", this.setting("radius") && `${this.setting("radius")}px`);
      this.lang = this.setting("language").slice(0, 2).toLowerCase() || "en";
      this.words = WORDS[this.lang];
      this.dir = this.setting("direction") || "ltr";
      const title = this.words.title.replace("{name}", this.setting("name") || this.words.us);
      this.label.textContent = this.setting("label") || this.words.open;
      this.dot.textContent = ` (${this.words.news})`;
      this.panel.setAttribute("aria-label", title);
      for (const theme of ["light", "dark"]) this.panel.classList.toggle(theme, this.setting("theme") === theme);
      if (this.frame) Object.assign(this.frame, { title, src: this.address() });
    }

    /** Settings ride behind the `#`, which no server and no log ever sees. */
    address() {
      const settings = new URLSearchParams({ host: location.origin });
      for (const key of Object.keys(SETTINGS)) if (this.setting(key)) settings.set(key, this.setting(key));
      if (this.inline) settings.set("inline", "1");
      const path = this.lang === "en" ? "" : `${this.lang}/`;
      return `${home}/widget/app/${path}#${settings}`;
    }

    /** Where the page opens the chat itself, the button on a phone is its picture alone, and away while that opener is in view. */
    giveRoom() {
      const inView = new Set();
      this.near = new IntersectionObserver((seen) => {
        for (const { target, isIntersecting } of seen) inView[isIntersecting ? "add" : "delete"](target);
        this.button.classList.toggle("away", inView.size > 0);
      });
      for (const opener of document.querySelectorAll("[data-palpate-open]")) {
        this.button.classList.add("short");
        this.near.observe(opener);
      }
    }

    /** A chat in the page itself begins when somebody comes near it. */
    whenSeen() {
      const watch = new IntersectionObserver((seen) => {
        if (!seen.some((one) => one.isIntersecting)) return;
        watch.disconnect();
        this.open();
      });
      this.button.hidden = true;
      this.panel.hidden = false;
      watch.observe(this);
    }

    open() {
      this.opener = document.activeElement;
      this.panel.hidden = false;
      this.button.hidden = this.dot.hidden = true;
      this.button.setAttribute("aria-expanded", "true");
      if (!this.frame) {
        this.frame = make("iframe", { allow: "clipboard-write", referrerpolicy: "origin" });
        this.panel.append(this.frame);
        this.dress();
        this.silence = setTimeout(() => this.unreachable(), PATIENCE);
      } else if (this.ready) this.greet();
      this.tell("open");
    }

    greet() {
      if (this.inline) return; // nobody asked for the focus to move
      this.frame.focus();
      this.frame.contentWindow.postMessage({ palpate: "open" }, home);
    }

    close() {
      if (this.inline || this.panel.hidden) return;
      this.panel.hidden = true;
      this.button.hidden = false;
      this.button.setAttribute("aria-expanded", "false");
      (this.opener?.matches("[data-palpate-open]") && this.opener.isConnected ? this.opener : this.button).focus();
      this.tell("close");
    }

    /** An event for the page: that something happened, never what was said. */
    tell(what) {
      this.dispatchEvent(new CustomEvent(`palpate-${what}`, { bubbles: true }));
    }

    heard(event) {
      if (event.origin !== home || !this.frame || event.source !== this.frame.contentWindow) return;
      const { palpate, wide } = event.data || {};
      if (palpate === "ready") {
        clearTimeout(this.silence);
        this.ready = true;
        if (!this.panel.hidden) this.greet();
        this.tell("ready");
      } else if (palpate === "close") this.close();
      else if (palpate === "exit") document.documentElement.replaceChildren(); // quick exit: the new page may take a moment
      else if (palpate === "size") this.panel.classList.toggle("wide", wide === true && !this.inline);
      else if (palpate === "news") this.dot.hidden = !this.panel.hidden;
    }

    unreachable() {
      this.frame.remove();
      this.frame = null;
      const shut = make("button", { type: "button" }, this.words.close);
      const notice = make("div", { class: "down", role: "alert" }, make("p", {}, this.words.down), ...(this.inline ? [] : [shut]));
      shut.addEventListener("click", () => { notice.remove(); this.close(); });
      this.panel.append(notice);
      if (!this.inline) shut.focus();
      this.tell("unreachable");
    }
  }

  let chat = null;
  let waiting = false; // for a page that is still being read
  window.Palpate = {
    /** Puts the chat on the page; settings as the tag's attributes, without `data-`. */
    mount(settings = {}) {
      if (chat && (chat.isConnected || waiting)) {
        warn("the chat is on this page already; the second one is left out.");
        return;
      }
      chat = document.createElement("palpate-chat");
      for (const [key, value] of Object.entries(settings)) {
        if (SETTINGS[key]) chat.setAttribute(key, value);
        else if (!PLACES[key]?.test(value)) warn(`"${key}" is not a setting.`);
      }
      const place = () => {
        waiting = false;
        const spot = settings.inline && document.querySelector(settings.inline);
        if (settings.inline && !spot) warn(`there is no ${settings.inline} on this page; the chat is in the corner.`);
        chat?.toggleAttribute("inline", Boolean(spot));
        (spot || document.body).append(chat ?? "");
      };
      waiting = document.readyState === "loading";
      if (waiting) addEventListener("DOMContentLoaded", place);
      else place();
    },
    /** Takes it away again; the open conversation waits for the next time in this tab. */
    unmount() {
      chat?.remove();
      chat = null;
    },
    open: () => chat?.open(),
    close: () => chat?.close(),
  };

  customElements.define("palpate-chat", PalpateChat);
  if (tag.dataset.mount !== "manual") window.Palpate.mount(tag.dataset);
  // Any link or button of the host page may open the chat.
  document.addEventListener("click", (event) => {
    const opener = event.target instanceof Element && event.target.closest("[data-palpate-open]");
    if (!opener) return;
    event.preventDefault();
    chat?.open();
  });
})();
