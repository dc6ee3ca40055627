/*
 * Service worker: makes the app installable, keeps its hashed files, and says so when there is no network.
 * Nothing with data is ever kept: no API answer and no page of the portal.
 */

const OFFLINE_PAGE = "/offline.html";
const SHELL = "letsbe-shell-2";
const FILES = "letsbe-files-1";
const KEPT_FILES = 200;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll([new Request(OFFLINE_PAGE, { cache: "reload" }), "/icon.svg"]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const ours = [SHELL, FILES];
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => !ours.includes(name)).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE_PAGE)));
  } else if (url.pathname.startsWith("/assets/")) {
    event.respondWith(keptOrFetched(request));
  }
});

/* The name of a file under /assets/ holds the digest of its content, so a kept one is never old. */
async function keptOrFetched(request) {
  const cache = await caches.open(FILES);
  const kept = await cache.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) {
    await cache.put(request, response.clone());
    const names = await cache.keys();
    await Promise.all(names.slice(0, Math.max(0, names.length - KEPT_FILES)).map((name) => cache.delete(name)));
  }
  return response;
}

/*
 * A push holds a title, a plain sentence and a path of this site: it passes other companies' services and stands on
 * locked screens. What an approval is about is asked of the hub itself, as whoever is signed in here, when somebody
 * taps "Show"; "Approve" and "Refuse" then decide exactly what was shown.
 */
const ICON = "/icons/icon-192.png";
const APPROVAL = /^\/portal\/approvals#([\w-]+)$/;
const APPROVALS = "/api/v1/customer/approvals";
/* Must be held on its card, so a tap does not do. */
const HELD = "CRITICAL_RED";
/* As much of a command as every device shows whole. */
const SHOWN_CHARACTERS = 120;
const SHOW = { action: "show", title: "Show" };
const APPROVE = { action: "approve", title: "Approve" };
const REFUSE = { action: "deny", title: "Refuse" };

self.addEventListener("push", (event) => {
  const { title = "LetsBe", body = "", url = "/portal", tag = "" } = event.data?.json() ?? {};
  const actions = APPROVAL.test(url) && canDecide() ? [SHOW] : [];
  event.waitUntil(notify(title, { body, tag, actions, data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  const { action, notification } = event;
  const act = { show: showApproval, approve: decide, deny: decide }[action];
  event.waitUntil(act ? act(notification, action).catch(() => open(notification)) : open(notification));
});

const notify = (title, options) => self.registration.showNotification(title, { icon: ICON, ...options });

/* Browsers that show buttons; others lead to the card. */
const canDecide = () => "cookieStore" in self && Notification.maxActions >= 2;

/*
 * Replaces the plain sentence by what the agent asks, with what can be said to it. What has the same tag is replaced;
 * closing it before could take the new one away.
 */
async function showApproval({ data, tag }) {
  const response = await fetch(`${APPROVALS}/${APPROVAL.exec(data.url)[1]}`);
  if (!response.ok) throw new Error("not signed in, or not there");
  const { data: asked } = await response.json();
  const isOpen = asked.status === "pending" && !asked.verdict;
  const command = commandOf(asked);
  // Nobody approves what they cannot see whole: a long command, a change of a file, a call of another tool.
  const isSeen = command && command.length <= SHOWN_CHARACTERS && !asked.diff && asked.tier !== HELD;
  await notify(isOpen ? asked.summary : "This was decided already", {
    body: isOpen ? [command.slice(0, SHOWN_CHARACTERS), asked.reason].filter(Boolean).join("\n") : asked.summary,
    tag,
    actions: isOpen ? [...(isSeen ? [APPROVE] : []), REFUSE] : [],
    data: { url: data.url, summary: asked.summary, digest: asked.call_digest },
  });
}

/* Its words, those with anything special in them in quotation marks; empty when it is no command. */
const commandOf = ({ argv }) =>
  argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(" ");

async function decide({ data, tag }, verdict) {
  const id = APPROVAL.exec(data.url)[1];
  const name = location.protocol === "https:" ? "__Host-letsbe_csrf" : "letsbe_csrf";
  const response = await fetch(`${APPROVALS}/${id}/decision`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-CSRF-Token": (await cookieStore.get(name))?.value ?? "",
      "Idempotency-Key": `push-${id}-${verdict}`,
    },
    body: JSON.stringify({ verdict, call_digest: data.digest }),
  });
  const answer = await response.json();
  const isDone = response.ok && answer.success;
  const said = isDone ? (verdict === "approve" ? "Approved" : "Refused") : answer.error.message;
  await notify(said, { body: data.summary, tag, silent: true, data: { url: data.url } });
}

async function open(notification) {
  notification.close();
  const wanted = new URL(notification.data?.url ?? "/portal", location.origin);
  const target = wanted.origin === location.origin ? wanted.href : `${location.origin}/portal`;
  const [page] = await self.clients.matchAll({ type: "window" });
  if (!page) return self.clients.openWindow(target);
  await page.focus();
  return page.navigate(target).catch(() => self.clients.openWindow(target));
}
