/** Reads what is new in a conversation: server-sent events by fetch (the token stays in a header), else long poll. */

const QUIET = 45000; // ms without a byte until a stream counts as dead; servers ping more often
const POLL_WAIT = 25; // seconds a long poll is held open
const STREAM_TRIES = 3; // failed streams in a row before we poll
const POLLS_BEFORE_RETRY = 8;

/** Milliseconds to wait before try number `tries` (0 first): doubling, with jitter, at most 30 s. */
export function backoff(tries) {
  return Math.min(30000, 500 * 2 ** tries) * (0.7 + Math.random() * 0.6);
}

/** Waits, or returns early when the browser says that the network is back or the signal ends it. */
export function pause(ms, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    signal?.addEventListener("abort", done);
  });
}

/** Cuts a text stream into server-sent events `{name, data, id}`; comments and retry lines are dropped. */
export async function* events(body, heard) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let event = { name: "message", data: [], id: null };
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    heard();
    const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (event.data.length) yield { ...event, data: event.data.join("\n") };
        event = { name: "message", data: [], id: null };
        continue;
      }
      const [, field, text] = /^([^:]*):? ?(.*)$/.exec(line);
      if (field === "event") event.name = text;
      else if (field === "data") event.data.push(text);
      else if (field === "id") event.id = text;
    }
  }
}

/**
 * Listens until `signal` ends it. `call(path, options)` is the authorised fetch; `last()` the last seq handled;
 * `on` gets `message`, `state`, `up` (connected) and `down`; a 401, 403 or 404 ends it with `gone`.
 */
export async function listen({ call, last, on, signal }) {
  let failures = 0;
  let streams = 0;
  let polls = 0;
  while (!signal.aborted) {
    const polling = streams >= STREAM_TRIES && polls < POLLS_BEFORE_RETRY;
    try {
      if (polling) {
        polls += 1;
        await poll({ call, last, on, signal });
      } else {
        polls = 0;
        streams = (await stream({ call, last, on, signal })) ? 0 : streams + 1;
        await pause(200 + Math.random() * 400, signal);
      }
      failures = 0;
    } catch (problem) {
      if (signal.aborted) return;
      if (problem.gone) return on.gone(problem.status);
      if (!polling) streams += 1;
      on.down();
      await pause(problem.after ?? backoff(failures++), signal);
    }
  }
}

async function stream({ call, last, on, signal }) {
  const quiet = new AbortController();
  const stop = () => quiet.abort();
  signal.addEventListener("abort", stop);
  let timer = setTimeout(stop, QUIET);
  let bytes = false;
  const heard = () => {
    bytes = true;
    clearTimeout(timer);
    timer = setTimeout(stop, QUIET);
  };
  try {
    const headers = { Accept: "text/event-stream", "Last-Event-ID": String(last()) };
    const answer = await call("/events", { headers, signal: quiet.signal });
    on.up();
    for await (const { name, data } of events(answer.body, heard)) on[name]?.(JSON.parse(data));
    return bytes;
  } catch (problem) {
    if (bytes && problem.name === "AbortError") return true;
    throw problem;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

/** One poll; also used alone, to catch up on what a stream has not delivered. */
export async function poll({ call, last, on, signal, wait = POLL_WAIT }) {
  const limit = AbortSignal.any([AbortSignal.timeout((wait + 10) * 1000), ...(signal ? [signal] : [])]);
  const answer = await call(`/messages?after=${last()}&wait=${wait}`, { signal: limit });
  const { messages, state } = await answer.json();
  on.up();
  for (const message of messages) on.message(message);
  on.state(state);
  return messages.length;
}
