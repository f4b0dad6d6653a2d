/** One conversation: its token, what is sent (each once, in order) and what comes back (each once, in order). */

import { backoff, listen, pause, poll } from "./stream.js";

const KEY = "palpate"; // the only thing this product keeps in a browser: the conversation's id and token
const CATCH_UP = 4000; // ms of silence after a message was taken, until we ask instead of listen
const TABS_ANSWER = 150; // ms that another tab has to say which conversation is open
const SEND_LIMIT = 20000; // ms

/** An answer of the server that is not a success: `status`, the problem document, `gone`, `after` in ms. */
class Refused extends Error {
  constructor(status, problem, after) {
    super(problem.code || `status ${status}`);
    this.status = status;
    this.problem = problem;
    this.gone = status === 401 || status === 403 || status === 404 || status === 410;
    this.after = after;
  }
}

/** Storage and channels that a browser may deny a frame; then the conversation lasts as long as its page. */
function allowed(work) {
  try {
    return work();
  } catch {
    return null;
  }
}

/** A random UUID, also in a page that did not come by https, where browsers have no ready-made one. */
function uuid() {
  const random = (digit) => (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16);
  return crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, random);
}

async function request(url, options) {
  const answer = await fetch(url, { cache: "no-store", credentials: "omit", ...options });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  const after = Number.parseFloat(answer.headers.get("Retry-After"));
  throw new Refused(answer.status, problem, Number.isFinite(after) ? after * 1000 : undefined);
}

const posted = (body) => ({ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** A link's code that was used or is too old leads to a new chat; anything else is tried again. */
function stale(problem) {
  if (!problem.gone && problem.status !== 409 && problem.status !== 422) throw problem;
}

/**
 * `on` is told: `message(message, item|null)`, `state(state)`, `delivery(item)`, `busy(bool)`,
 * `connection("up"|"down")`, `gone()`, `left()` (quick exit in another tab). An item is one thing the visitor sent: `{id, body, label, status, problem}`
 * with status sending, failed or waiting (both tried again by themselves, after a fault or when it was too fast), sent, refused,
 * or double (already shown by the server's copy).
 */
export class Session {
  #items = []; // not yet taken by the server, oldest first
  #own = new Map(); // seq -> item
  #waiting = new Map(); // seq -> message, not yet shown
  #last = 0;
  #stop = new AbortController();
  #wake = () => {};
  #pumping = false;
  #tabs = allowed(() => new BroadcastChannel(KEY)) ?? Object.assign(new EventTarget(), { postMessage() {} });
  #kept = true;
  #visitor = 0; // seq of the newest visitor message
  #read = 0; // seq of the last message on screen when the visitor began the text they are writing
  state = { phase: "consent", asked: 0, left: null, handoff: null, answered_through: 0 };

  constructor({ locale, on }) {
    this.locale = locale;
    this.on = on;
    this.#tabs.addEventListener("message", ({ data }) => this.#told(data));
  }

  get unsent() {
    return this.#items.length > 0;
  }

  /** Whether a reload would lose the conversation, because this browser lets a frame keep nothing. */
  get fragile() {
    return !this.#kept && this.#visitor > 0;
  }

  /** Opens this tab's conversation, the one a link's `code` leads to, another tab's unless `apart`, or a new one; replays it, then listens; returns after the replay. */
  async start(code, apart) {
    [this.id, this.token] = (allowed(() => sessionStorage.getItem(KEY)) || "").split(" ");
    if (!this.token && !code && !apart) [this.id, this.token] = await this.#ask();
    if (code) await this.#insist(() => this.#open("/api/resume", { code }).catch(stale));
    const fresh = !this.token;
    if (fresh) await this.#insist(() => this.#create());
    if (this.#stop.signal.aborted) return;
    if (!fresh) await this.#insist(() => poll({ ...this.#wires(), wait: 0 }));
    listen(this.#wires());
    if (fresh) setTimeout(() => this.#catchUp(0), CATCH_UP);
    this.#pump();
  }

  /** The conversation another tab of this browser has open, or nothing; between tabs it is told, never stored. */
  #ask() {
    return new Promise((done) => {
      const reply = ({ data }) => data.key && done(data.key.split(" "));
      this.#tabs.addEventListener("message", reply);
      this.#tabs.postMessage({ ask: true });
      setTimeout(() => { done([]); this.#tabs.removeEventListener("message", reply); }, TABS_ANSWER);
    });
  }

  /** What another tab says: it asks for the open conversation, or the visitor left in a hurry there. */
  #told({ ask, left }) {
    if (ask && this.token) this.#tabs.postMessage({ key: `${this.id} ${this.token}` });
    if (left && left === this.token) this.on.left();
  }

  async #create() {
    const open = (locale) => this.#open("/api/conversations", { channel: "web", locale });
    await open(this.locale).catch((problem) => {
      if (problem.status === 422 && this.locale !== "en") return open("en");
      throw problem;
    });
    this.on.busy(true);
  }

  /** Tries until it works, the session ends, or the server says that the conversation is gone. */
  async #insist(work) {
    for (let tries = 0; !this.#stop.signal.aborted; tries += 1) {
      try {
        const value = await work();
        this.on.connection("up");
        return value;
      } catch (problem) {
        if (problem.gone) return this.#gone();
        this.on.connection("down");
        await pause(problem.after ?? backoff(tries), this.#stop.signal);
      }
    }
    return undefined;
  }

  async #open(path, body) {
    ({ id: this.id, token: this.token } = await (await request(path, posted(body))).json());
    this.#kept = allowed(() => sessionStorage.setItem(KEY, `${this.id} ${this.token}`)) !== null;
  }

  /** An authorised call below this conversation's address, within 20 seconds unless told otherwise; raises `Refused`. */
  call = (path, { headers, ...options } = {}) => request(`/api/conversations/${this.id}${path}`, {
    signal: AbortSignal.timeout(SEND_LIMIT), ...options, headers: { Authorization: `Bearer ${this.token}`, ...headers },
  });

  #wires() {
    return {
      call: this.call, last: () => this.#last, signal: this.#stop.signal,
      on: {
        message: (message) => this.#take(message),
        state: (state) => this.#settle(state),
        up: () => this.on.connection("up"),
        down: () => this.on.connection("down"),
        gone: () => this.#gone(),
      },
    };
  }

  /** Text in the visitor's own words; shown at once, sent in order, tried again until it is taken. */
  say(text) {
    return this.#enqueue({ text, seen: this.#read || this.#last }, text);
  }

  /** The text in the box changed: what comes on screen from its first letter on, it cannot answer. */
  writes(text) {
    this.#read = text && (this.#read || this.#last);
  }

  /** A shortcut answer; `label` is what the visitor reads as their own answer. */
  answer(question, value, label) {
    return this.#enqueue({ answer: { question, value } }, label);
  }

  /** Opens the question of a field again, to answer it anew. */
  change(field, label) {
    return this.#enqueue({ change: field }, label);
  }

  #enqueue(body, label) {
    const item = { id: uuid(), body, label, status: "sending", problem: null };
    this.#items.push(item);
    this.#pump();
    return item;
  }

  /** Tries what is waiting now instead of later. */
  retry() {
    this.#wake();
  }

  async #pump() {
    if (this.#pumping || !this.token) return;
    this.#pumping = true;
    for (let tries = 0; this.#items.length && !this.#stop.signal.aborted;) {
      const item = this.#items[0];
      this.#mark(item, "sending");
      try {
        const answer = await this.call("/messages", posted({ id: item.id, ...item.body }));
        const { seq } = await answer.json();
        this.#items.shift();
        this.#own.set(seq, item);
        this.#visitor = Math.max(this.#visitor, seq);
        tries = 0;
        // its answer was lost once, and the event stream was quicker: then it is on screen already
        this.#mark(item, seq <= this.#last ? "double" : "sent");
        setTimeout(() => this.#catchUp(seq), CATCH_UP);
      } catch (problem) {
        const hopeless = problem.status && problem.status < 500 && problem.status !== 429 && problem.status !== 408;
        if (hopeless) {
          this.#items.shift();
          item.problem = problem;
          this.#mark(item, "refused");
          if (problem.gone) this.#gone();
        } else {
          item.problem = problem;
          this.#mark(item, problem.status === 429 ? "waiting" : "failed");
          this.#show();
          await this.#rest(problem.after ?? backoff(tries));
          tries += 1;
        }
      }
      this.#show();
      this.#busy();
    }
    this.#pumping = false;
  }

  #rest(ms) {
    const early = new AbortController();
    this.#wake = () => early.abort();
    return pause(ms, AbortSignal.any([early.signal, this.#stop.signal]));
  }

  #mark(item, status) {
    item.status = status;
    this.on.delivery(item);
  }

  #take(message) {
    if (message.seq <= this.#last) return;
    this.#waiting.set(message.seq, message);
    this.#show();
  }

  /** Shows what has come, in order; a visitor message waits while its own POST is under way, so none shows twice. */
  #show() {
    for (const seq of [...this.#waiting.keys()].sort((a, b) => a - b)) {
      const message = this.#waiting.get(seq);
      const item = this.#own.get(seq) ?? null;
      const under_way = this.#items[0]?.status === "sending";
      if (message.from === "visitor" && !item && under_way) return;
      this.#waiting.delete(seq);
      this.#last = seq;
      if (message.from === "visitor") this.#visitor = Math.max(this.#visitor, seq);
      this.on.message(message, item);
    }
    this.#busy();
  }

  #settle(state) {
    if (!state) return;
    this.state = { ...this.state, ...state };
    this.on.state(this.state);
    this.#busy();
  }

  #busy() {
    const quiet = ["with_staff", "closed", "erased"].includes(this.state.phase);
    const greeting = this.#last === 0;
    this.on.busy(Boolean(this.token) && !quiet && (greeting || this.#visitor > (this.state.answered_through ?? 0)));
  }

  /** A stream may be held back by something between us; then one question brings what it should have. */
  async #catchUp(seq) {
    const heard = this.#last > seq && this.state.answered_through >= seq;
    if (heard || this.#stop.signal.aborted) return;
    await poll({ ...this.#wires(), wait: 0 }).catch((problem) => problem.gone && this.#gone());
  }

  #gone() {
    this.end();
    this.on.gone();
  }

  /** Ends here and in every other tab at once. */
  leave() {
    this.#tabs.postMessage({ left: this.token });
    this.end();
  }

  /** Stops listening and forgets the token; the conversation on the server is left as it is. */
  end() {
    this.#stop.abort();
    this.#items.length = 0;
    this.token = null;
    allowed(() => sessionStorage.removeItem(KEY));
  }
}
