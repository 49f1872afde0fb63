// Keeps the page of the offline counter, its script and its forms, so that it opens when the line is away.
// It answers for nothing else, keeps nothing of anybody, and prefers the network whenever there is one.
"use strict";
const KEPT = "counter-offline-1";
const MINE = /^\/desk\/hall\/offline(\/forms\.json)?$/;

addEventListener("install", () => self.skipWaiting());
addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (!MINE.test(url.pathname) && !url.pathname.startsWith("/static/")) return;
  event.respondWith(
    fetch(event.request).catch(async () => (await (await caches.open(KEPT)).match(url.pathname)) || Response.error())
  );
});
