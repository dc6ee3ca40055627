/** Calls to the hub's REST routes as the signed-in person. */

const TIMEOUT_MS = 20_000;

/** What the hub said no with; `message` is a sentence for the person. */
export class HubError extends Error {
  constructor(message, code, status, details = []) {
    super(message);
    this.code = code;
    this.status = status;
    /** `[{field, message}]`: the fields that are at fault. */
    this.details = details;
  }
}

/** A cookie of the hub's; over https its name says that it is this host's alone. */
/** What to tell a person: the hub's own sentence, or ours for everything else that can go wrong. */
export const sentenceOf = (error, ours) => (error instanceof HubError && error.message) || ours;

function cookie(name) {
  const ours = location.protocol === "https:" ? `__Host-${name}` : name;
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${ours}=`));
  return found ? decodeURIComponent(found.slice(ours.length + 1)) : "";
}

/** Staff are signed in besides whoever is, with a token of their own. */
const tokenOf = (path) => cookie(path.startsWith("/api/v1/admin/") ? "letsbe_staff_csrf" : "letsbe_csrf");

async function call(method, path, body, signal = AbortSignal.timeout(TIMEOUT_MS)) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = tokenOf(path);
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "same-origin",
    signal,
  });
  const answer = await response.json().catch(() => null);
  if (!response.ok || !answer?.success) {
    const { message = "", code = "unavailable", details } = answer?.error ?? {};
    throw new HubError(message, code, response.status, details);
  }
  return answer;
}

export const getFromHub = (path) => call("GET", path);
export const deleteAtHub = (path) => call("DELETE", path);
export const postToHub = (path, body = {}, signal) => call("POST", path, body, signal);
