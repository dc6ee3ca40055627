/** Calls to the hub's REST routes as the signed-in person. */

import { newId } from "./ids.js";

const TIMEOUT_MS = 20_000;
/** Before each further try of a change whose answer did not come. */
const PAUSES_MS = [300, 1_200];

/** What the hub said no with; `message` is a sentence for the person. */
export class HubError extends Error {
  constructor(message, code, status, details = []) {
    super(message);
    this.code = code;
    this.status = status;
    /** `[{field, message}]`: the fields that are at fault. */
    this.details = details;
  }

  /** Whether the hub itself has decided; otherwise nobody here knows whether the change was made. */
  get isAnswer() {
    return this.status < 500 && this.code !== "idempotency_in_progress" && this.code !== "unavailable";
  }
}

/** What to tell a person: the hub's own sentence, or ours for everything else that can go wrong. */
export const sentenceOf = (error, ours) => (error instanceof HubError && error.message) || ours;

/** Whether it is known what became of a call that failed. */
export const isAnswered = (error) => error instanceof HubError && error.isAnswer;

/** A cookie of the hub's; over https its name says that it is this host's alone. */
function cookie(name) {
  const ours = location.protocol === "https:" ? `__Host-${name}` : name;
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${ours}=`));
  return found ? decodeURIComponent(found.slice(ours.length + 1)) : "";
}

/** Staff are signed in besides whoever is, with a token of their own. */
const tokenOf = (path) => cookie(path.startsWith("/api/v1/admin/") ? "letsbe_staff_csrf" : "letsbe_csrf");

async function call(method, path, body, { signal = AbortSignal.timeout(TIMEOUT_MS), key } = {}) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = tokenOf(path);
  if (key) headers["Idempotency-Key"] = key;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(path, { method, headers, body, credentials: "same-origin", signal });
  const answer = await response.json().catch(() => null);
  if (!response.ok || !answer?.success) {
    const { message = "", code = "unavailable", details } = answer?.error ?? {};
    throw new HubError(message, code, response.status, details);
  }
  return answer;
}

/** Keys of changes by their addresses, as long as nobody knows what became of them. */
const open = new Map();

/** The key of a change: the same as before where the same was asked before and the answer got lost. */
function keyOf(address, body) {
  const before = open.get(address);
  if (before && before.body === body) return before.key;
  const key = newId("key");
  open.set(address, { body, key });
  return key;
}

/** Rejects as soon as the signal ends. */
const pause = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", end);
      resolve();
    }, milliseconds);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });

/**
 * A change that is made once, however often it is sent: by itself when the answer does not come, and under the
 * same key when the person presses the button again.
 */
async function change(method, path, body, signal = AbortSignal.timeout(TIMEOUT_MS)) {
  const address = `${method} ${path}`;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const key = keyOf(address, text);
  for (let tries = 0; ; tries += 1) {
    try {
      const answer = await call(method, path, text, { signal, key });
      if (open.get(address)?.key === key) open.delete(address);
      return answer;
    } catch (error) {
      if (isAnswered(error) && open.get(address)?.key === key) open.delete(address);
      // A mistake of the hub's own would only be made again.
      const isOver = isAnswered(error) || error.status === 500;
      if (isOver || signal.aborted || tries === PAUSES_MS.length) throw error;
    }
    await pause(PAUSES_MS[tries], signal);
  }
}

/** Before somebody is signed in nothing is kept under a key, so that nothing is sent twice. */
const takesKey = (path) => !path.startsWith("/api/v1/public/");

export const getFromHub = (path) => call("GET", path);
export const deleteAtHub = (path) => change("DELETE", path);
export const postToHub = (path, body = {}, signal = undefined) =>
  takesKey(path) ? change("POST", path, body, signal) : call("POST", path, JSON.stringify(body), { signal });
