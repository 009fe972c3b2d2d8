{% load static %}// Keeps the pages that the server lists for a stairwell without signal, for a day at most, and no other; brings
// up what waits.
import { PAGES, fact, flush, forgetPages, forgetSent, forgotten, hello, keyOf } from "{% static 'js/outbox.js' %}";

const SHELL = "field-shell";
const FILES = "field-files";
const DAY = 24 * 3600 * 1000;
const PATIENCE = 6000;
const FALLBACK = "/work/waiting/";
const OURS = [/^\/today\/$/, /^\/work\//, /^\/field\//, /^\/account\/sweeping\//];
const NEVER = [/^\/work\/entries\//];
const GONE = [401, 403, 404, 410];
const WAY_IN = [/^\/account\/log/, /^\/admin\/log/, /^\/account\/erase/];
const MODULES = ["{% static 'js/outbox.js' %}"];
const HASHED = /\.[0-9a-f]{12}\.\w+$/;

self.addEventListener("install", (event) => event.waitUntil(prepare()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim().then(tidy)));
self.addEventListener("sync", (event) => event.waitUntil(flush()));

let keeping = Promise.resolve();
self.addEventListener("message", (event) => {
  if (event.data?.forget) event.waitUntil(forget());
  if (event.data?.keep) event.waitUntil(keeping = keeping.then(() => keepAll(event.data.keep)));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && WAY_IN.some((way) => way.test(url.pathname))) event.respondWith(leave(request));
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("{% get_static_prefix %}") || url.pathname.startsWith("/brand/")) event.respondWith(file(request, url));
  else if (request.mode === "navigate" && isOurs(url)) event.respondWith(page(request, url));
});

function isOurs(url) {
  return OURS.some((way) => way.test(url.pathname)) && !NEVER.some((way) => way.test(url.pathname));
}

async function prepare() {
  await keep(FALLBACK, SHELL);
  await self.skipWaiting();
}

/** From the server while it answers; else the page as it was kept, if that is not a day ago. */
async function page(request, url) {
  const key = keyOf(url);
  const kept = await fresh(key);
  try {
    const before = forgotten;
    const answer = await inTime(fetch(request), kept);
    if (answer.ok && answer.type === "basic" && key === url.pathname + url.search && await isListed(key)) {
      await store(key, answer.clone(), PAGES, before);
    }
    if (GONE.includes(answer.status)) await drop(key);
    if (answer.status === 401) await forget();
    if (answer.status === 403 || answer.type === "opaqueredirect") await hello();
    return answer;
  } catch {
    return kept ?? (await shell());
  }
}

/** The answer, or a refusal after a while where something else can be shown. */
function inTime(answer, kept) {
  if (!kept) return answer;
  return Promise.race([answer, new Promise((_, late) => setTimeout(late, PATIENCE))]);
}

async function file(request, url) {
  const cache = await caches.open(FILES);
  const known = await cache.match(request, { ignoreVary: true });
  if (known && HASHED.test(url.pathname)) return known;
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch {
    return known ?? Response.error();
  }
}

/** The pages of the list, fresh; those that it no longer names go first. */
async function keepAll(paths) {
  await tidy();
  await keep(FALLBACK, SHELL).catch(() => null);
  for (const path of paths.map(keyOf)) await keep(path, PAGES).catch(() => null);
}

/** Whether the server wants this page kept: no other is, for its reading may have to be noted. */
async function isListed(key) {
  return ((await fact("keep")) ?? []).includes(key);
}

/** A page with the files that it names; the files first, so that no kept page lacks one. */
async function keep(path, where) {
  const before = forgotten;
  const answer = await fetch(path, { credentials: "same-origin", redirect: "manual" });
  if (GONE.includes(answer.status)) await drop(path);
  if (!answer.ok) return;
  const text = await answer.clone().text();
  const files = [...text.matchAll(/(?:href|src)="(\/(?:static|brand)\/[^"]+)"/g)].map((found) => found[1]);
  const cache = await caches.open(FILES);
  for (const name of new Set([...files, ...MODULES])) {
    if (!(HASHED.test(name) && await cache.match(name, { ignoreVary: true }))) await cache.add(name).catch(() => null);
  }
  await store(path, answer, where, before);
}

/** Keep a page, unless pages were forgotten since it was asked for. */
async function store(path, answer, where, before) {
  const at = Date.now();
  const text = (await answer.text()).replace("<html ", `<html data-kept-at="${at}" `);
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", String(at));
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  const cache = await caches.open(where);
  if (where !== PAGES || (await isListed(path) && before === forgotten)) await cache.put(path, new Response(text, { status: 200, headers }));
}

/** A kept page that is not a day old; an older one is thrown away, and so is one from the future. */
async function fresh(path) {
  const cache = await caches.open(PAGES);
  const kept = await cache.match(path, { ignoreVary: true });
  if (!kept) return undefined;
  const age = Date.now() - Number(kept.headers.get("X-Kept-At"));
  if (age >= 0 && age < DAY) return kept;
  await cache.delete(path);
  return undefined;
}

async function drop(path) {
  await (await caches.open(PAGES)).delete(path);
}

/** Signing in or out: what was kept for whoever was here goes first, also where the server cannot be reached. */
async function leave(request) {
  await forget();
  return fetch(request).catch(shell);
}

/** Nothing is kept that is a day old, or that the list does not name. */
async function tidy() {
  const cache = await caches.open(PAGES);
  for (const request of await cache.keys()) {
    const { pathname, search } = new URL(request.url);
    if (!(await isListed(pathname + search))) await cache.delete(request);
    else await fresh(pathname + search);
  }
}

/** Everything personal but what has not gone up yet. */
async function forget() {
  await forgetPages();
  await forgetSent();
}

/** The page that says what is still here; it holds nothing itself. */
async function shell() {
  const kept = await (await caches.open(SHELL)).match(FALLBACK, { ignoreVary: true });
  return kept ?? Response.error();
}
