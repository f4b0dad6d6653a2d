/**
 * The one tag on the clinic's page: a button and a frame, and nothing that could read what is said inside it.
 *
 *   <script src="https://chat.clinic.example/widget.js" data-name="Alder Row" data-colour="#2e5e4e" defer></script>
 *
 * The chat itself runs in a frame on its own origin. Only "ready", "open", "close", "size" and "exit" cross, each with
 * the exact origin and source checked on both sides. Everything it draws lives in a shadow root with a constructed style
 * sheet, so that a strict content security policy of the host page needs no exception but `script-src` and `frame-src`.
 */
(() => {
  "use strict";
  const tag = document.currentScript;
  const home = new URL(tag.src).origin;
  const SETTINGS = ["colour", "radius", "logo", "position", "label", "name", "greeting", "language", "direction", "theme", "exit"];
  const HERE = ["position", "label"]; // only the button is about these
  const PATIENCE = 10000; // ms until a frame that stays silent is called unreachable
  const WORDS = {
    en: {
      open: "Tell us what hurts", close: "Close chat", title: "Chat with {name}", us: "the clinic",
      down: "The chat cannot be reached right now. Please phone the clinic. In an emergency, call your local emergency number.",
    },
    es: {
      open: "Cuéntenos qué le duele", close: "Cerrar el chat", title: "Chat con {name}", us: "la clínica",
      down: "Ahora no se puede abrir el chat. Llame a la clínica, por favor. En una emergencia, llame al número de emergencias.",
    },
  };
  const LOOK = `
    :host { --fill: #2e5e4e; --on: #fff; --r: 22px; all: initial; position: fixed; z-index: 2147483000; inset-block-end: 20px;
      inset-inline-end: 20px; font: 600 16px/1.25 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color-scheme: normal; }
    :host([position="left"]) { inset-inline: 20px auto; }
    @media print { :host { display: none; } }
    button { font: inherit; cursor: pointer; border: 0; }
    .open { display: flex; align-items: center; gap: 10px; min-height: 56px; padding: 0 22px 0 18px; border-radius: min(28px, var(--r) * 1.4);
      background: var(--fill); color: var(--on); box-shadow: 0 1px 2px rgb(0 0 0 / .2), 0 10px 28px rgb(20 30 25 / .24); }
    .open svg { width: 26px; height: 26px; flex: none; }
    button:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #17211d; }
    .panel { position: fixed; inset-block: auto 20px; inset-inline: auto 20px; width: 408px; height: min(720px, calc(100dvh - 40px));
      border-radius: var(--r); overflow: hidden; background: #fbf7f1; color: #22302b; border: 1px solid rgb(20 30 25 / .14);
      box-shadow: 0 2px 6px rgb(20 30 25 / .1), 0 24px 64px rgb(20 30 25 / .28); }
    .panel.dark { background: #131917; color: #edf1ee; border-color: #3a463f; }
    :host([position="left"]) .panel { inset-inline: 20px auto; }
    .panel.wide { width: min(680px, calc(100vw - 40px)); height: calc(100dvh - 40px); }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    .down { padding: 32px 24px; font-weight: 400; line-height: 1.5; }
    .down button { min-height: 44px; padding: 0 18px; border-radius: var(--r); background: var(--fill); color: var(--on); }
    [hidden] { display: none !important; }
    @media (max-width: 520px), (max-height: 480px) {
      .panel, .panel.wide, :host([position="left"]) .panel { inset: 0; width: 100%; height: 100dvh; border: 0; border-radius: 0; }
    }
    @media (max-width: 380px) { .open { min-height: 52px; padding: 0 18px 0 14px; } }
    @media (forced-colors: active) { .open, .panel { border: 2px solid ButtonText; } }
    @media (prefers-reduced-motion: no-preference) {
      .open { transition: transform .15s, box-shadow .15s; } .open:hover { transform: translateY(-2px); }
      .panel { animation: rise .22s cubic-bezier(.2, .8, .3, 1); }
      @keyframes rise { from { opacity: 0; transform: translateY(14px) scale(.985); } }
    }`;

  const make = (name, attributes = {}, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };

  const bubble = () => {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const path = document.createElementNS(space, "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", "M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H11l-4.6 4.2c-.5.5-1.4.1-1.4-.6v-4.3A2.5 2.5 0 0 1 4 13.5zM8 8h8M8 11.5h5");
    path.setAttribute("fill", "none");
    path.setAttribute("stroke", "currentColor");
    path.setAttribute("stroke-width", "1.8");
    path.setAttribute("stroke-linecap", "round");
    path.setAttribute("stroke-linejoin", "round");
    svg.append(path);
    return svg;
  };

  /** Black or white, whichever reads better on the colour (WCAG relative luminance). */
  const inkOn = (hex) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const part = parseInt(hex.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000000" : "#ffffff";
  };

  class PalpateChat extends HTMLElement {
    static observedAttributes = SETTINGS;

    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(LOOK);
      root.adoptedStyleSheets = [sheet];
      this.label = make("span");
      this.button = make("button", { class: "open", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false" }, bubble(), this.label);
      this.panel = make("div", { class: "panel", role: "dialog", hidden: "" });
      root.append(this.button, this.panel);
      this.button.addEventListener("click", () => this.open());
      window.addEventListener("message", (event) => this.heard(event));
      this.attributeChangedCallback();
    }

    attributeChangedCallback() {
      if (!this.panel) return;
      const colour = this.getAttribute("colour") || "";
      const known = /^#[0-9a-f]{6}$/i.test(colour);
      this.style.setProperty("--fill", known ? colour : "");
      this.style.setProperty("--on", known ? inkOn(colour) : "");
      const radius = this.getAttribute("radius");
      this.style.setProperty("--r", /^\d{1,2}$/.test(radius) ? `${radius}px` : "");
      const language = (this.getAttribute("language") || "en").slice(0, 2);
      this.words = WORDS[language] || WORDS.en;
      this.lang = this.words === WORDS.en ? "en" : language;
      this.dir = this.getAttribute("direction") || (["ar", "he", "fa", "ur"].includes(language) ? "rtl" : "ltr");
      const title = this.words.title.replace("{name}", this.getAttribute("name") || this.words.us);
      this.label.textContent = this.getAttribute("label") || this.words.open;
      this.panel.setAttribute("aria-label", title);
      const theme = this.getAttribute("theme");
      const dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
      this.panel.classList.toggle("dark", dark);
      if (this.frame) Object.assign(this.frame, { title, src: this.address() });
    }

    /** Settings ride behind the `#`, which no server and no log ever sees. */
    address() {
      const settings = new URLSearchParams({ host: location.origin });
      for (const key of SETTINGS) if (!HERE.includes(key) && this.getAttribute(key)) settings.set(key, this.getAttribute(key));
      const path = this.words === WORDS.en ? "" : `${this.lang}/`;
      return `${home}/widget/app/${path}#${settings}`;
    }

    open() {
      this.panel.hidden = false;
      this.button.hidden = true;
      this.button.setAttribute("aria-expanded", "true");
      if (!this.frame) {
        this.frame = make("iframe", { allow: "", referrerpolicy: "origin" });
        this.panel.append(this.frame);
        this.attributeChangedCallback();
        this.silence = setTimeout(() => this.unreachable(), PATIENCE);
      } else if (this.ready) this.greet();
    }

    greet() {
      this.frame.focus();
      this.frame.contentWindow.postMessage({ palpate: "open" }, home);
    }

    close() {
      this.panel.hidden = true;
      this.button.hidden = false;
      this.button.setAttribute("aria-expanded", "false");
      this.button.focus();
    }

    heard(event) {
      if (event.origin !== home || !this.frame || event.source !== this.frame.contentWindow) return;
      const { palpate, wide } = event.data || {};
      if (palpate === "ready") {
        clearTimeout(this.silence);
        this.ready = true;
        if (!this.panel.hidden) this.greet();
      } else if (palpate === "close") this.close();
      else if (palpate === "exit") document.documentElement.replaceChildren(); // quick exit: the new page may take a moment
      else if (palpate === "size") this.panel.classList.toggle("wide", wide === true);
    }

    unreachable() {
      this.frame.remove();
      this.frame = null;
      const shut = make("button", { type: "button" }, this.words.close);
      const notice = make("div", { class: "down", role: "alert" }, make("p", {}, this.words.down), shut);
      shut.addEventListener("click", () => { notice.remove(); this.close(); });
      this.panel.append(notice);
      shut.focus();
    }
  }

  customElements.define("palpate-chat", PalpateChat);
  const chat = document.createElement("palpate-chat");
  for (const key of SETTINGS) if (tag.dataset[key]) chat.setAttribute(key, tag.dataset[key]);
  const place = () => document.body.append(chat);
  if (document.body) place();
  else addEventListener("DOMContentLoaded", place);
  // Any link or button of the host page may open the chat.
  document.addEventListener("click", (event) => {
    const opener = event.target instanceof Element && event.target.closest("[data-palpate-open]");
    if (!opener) return;
    event.preventDefault();
    chat.open();
  });
})();
