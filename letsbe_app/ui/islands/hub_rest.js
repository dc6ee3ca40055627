/** Calls to the hub's REST routes as the signed-in person. */

const TIMEOUT_MS = 20_000;

/** What the hub said no with; `message` is a sentence for the person. */
export class HubError extends Error {
  constructor(message, code, status) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

async function call(method, path, body) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = cookie("letsbe_csrf");
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "same-origin",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer = await response.json().catch(() => null);
  if (!response.ok || !answer?.success) {
    throw new HubError(answer?.error?.message ?? "", answer?.error?.code ?? "unavailable", response.status);
  }
  return answer;
}

export const getFromHub = (path) => call("GET", path);
export const postToHub = (path, body = {}) => call("POST", path, body);
