/* global self */
/**
 * Serves the booth page and all it needs from this device, so that it opens without network.
 *
 * The controller puts a line before this file: `self.BOOTH = {version, page, files}`. A new version of the page is another
 * text, which makes the browser install it beside the old one and change over when all of it has arrived.
 */
const { version, page, files } = self.BOOTH;
const PREFIX = "expo-booth-";
const CACHE = PREFIX + version;

async function keep() {
    const cache = await self.caches.open(CACHE);
    const fresh = await self.fetch(page, { cache: "no-store", credentials: "same-origin" });
    // A user who is logged out gets the log-in page instead, which must not be kept in its place.
    if (!fresh.ok || fresh.redirected) {
        throw new Error(`the page cannot be kept now (${fresh.status})`);
    }
    await cache.addAll(files);
    await cache.put(page, fresh);
    await self.skipWaiting();
}

async function dropOthers() {
    const names = await self.caches.keys();
    const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
    await Promise.all(old.map((name) => self.caches.delete(name)));
    await self.clients.claim();
}

async function answer(request, key) {
    const cache = await self.caches.open(CACHE);
    return (await cache.match(key, { ignoreVary: true })) || self.fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(dropOthers()));
self.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== self.location.origin || url.searchParams.has("debug")) {
        return;
    }
    if (request.mode === "navigate" && url.pathname === page) {
        event.respondWith(answer(request, page));
    } else if (files.includes(url.pathname + url.search)) {
        event.respondWith(answer(request, url.pathname + url.search));
    }
});
