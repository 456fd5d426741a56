// Opens a visit that was open before when there is no connection. Nothing else is kept, and signing out forgets it.
(() => {
  "use strict";
  const CACHE = "bailu-visits-1";
  const isVisit = (url) => /\/visits\/\d+\/$/.test(url.pathname);

  async function answer(request) {
    try {
      const fresh = await fetch(request);
      if (fresh.ok && !fresh.redirected) await (await caches.open(CACHE)).put(request, fresh.clone());
      return fresh;
    } catch (error) {
      const kept = await (await caches.open(CACHE)).match(request.url, { ignoreVary: true });
      if (kept) return kept;
      throw error;
    }
  }

  self.addEventListener("install", () => self.skipWaiting());
  self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== self.location.origin) return;
    const isPage = request.mode === "navigate" && isVisit(url);
    if (isPage || url.pathname.startsWith("/static/")) event.respondWith(answer(request));
  });
})();
