// Passkeys at the door and in one's account: asks the browser, sends its answer, says plainly when it does not work.
const problem = document.querySelector("[data-passkey-problem]");

async function send(path, body, csrf) {
  const headers = { "Content-Type": "application/json", ...(csrf ? { "X-CSRF-Token": csrf } : {}) };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const type = answer.headers.get("content-type") ?? "";
  const found = type.includes("json") ? await answer.json() : {};
  if (!answer.ok || !type.includes("json")) throw new Error(found.detail ?? problem.dataset.failed);
  return found;
}

const ways = {
  "sign-in": async () => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await send("/desk/sign-in/passkey/options", {}));
    const credential = await navigator.credentials.get({ publicKey });
    return send("/desk/sign-in/passkey", credential.toJSON());
  },
  register: async (button) => {
    const { csrf } = button.dataset;
    const options = await send("/desk/account/passkeys/options", {}, csrf);
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const credential = await navigator.credentials.create({ publicKey });
    const label = document.getElementById("passkey-label")?.value ?? "Passkey";
    return send("/desk/account/passkeys", { credential: credential.toJSON(), label }, csrf);
  },
};

async function use(button) {
  problem.hidden = true;
  button.disabled = true;
  try {
    const { to } = await ways[button.dataset.passkey](button);
    location.assign(to);
  } catch (error) {
    // The browser's own words for "you pressed cancel" are of no use to anybody.
    problem.textContent = error.name === "NotAllowedError" ? problem.dataset.cancelled : error.message;
    problem.hidden = false;
  } finally {
    button.disabled = false;
  }
}

if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  for (const button of document.querySelectorAll("[data-passkey]")) {
    button.hidden = false;
    button.addEventListener("click", () => use(button));
  }
}
