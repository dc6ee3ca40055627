/*
 * Service worker: makes the app installable, keeps its hashed files, and says so when there is no network.
 * Nothing with data is ever kept: no API answer and no page of the portal.
 */

const OFFLINE_PAGE = "/offline.html";
const SHELL = "letsbe-shell-1";
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

/* A push holds a title, a plain sentence and a path of this site; what it is about is read after a tap. */
self.addEventListener("push", (event) => {
  const { title = "LetsBe", body = "", url = "/portal", tag = "" } = event.data?.json() ?? {};
  event.waitUntil(
    self.registration.showNotification(title, { body, tag, data: { url }, icon: "/icons/icon-192.png" }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const wanted = new URL(event.notification.data?.url ?? "/portal", location.origin);
  const target = wanted.origin === location.origin ? wanted.href : `${location.origin}/portal`;
  event.waitUntil(
    self.clients.matchAll({ type: "window" }).then(async ([open]) => {
      if (!open) return self.clients.openWindow(target);
      await open.focus();
      return open.navigate(target).catch(() => self.clients.openWindow(target));
    }),
  );
});
