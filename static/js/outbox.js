// What was entered on this phone and has not gone up yet, in IndexedDB: shared by the pages and the
// service worker. An entry leaves only when the server has said that it has it. Words come from templates.

const NAME = "outbox";
const SYNC = "/work/entries/";
const LEFT = "/work/entries/left/";
const JSON_ONLY = { Accept: "application/json" };
export const PAGES = "field-pages";
/** What a kept page reads from its address by itself: with it, it is the same page. */
const READ = ["code", "entry", "household", "pack", "purpose", "stop", "visit"];
const SENT_KEPT = 30;
const AGAIN = [0, 30, 120, 600, 3600];
const TIMEOUT = 90_000;

/** States: "waiting" to go up, "refused" with the reason, until somebody here decides. */
export const WAITING = "waiting";
export const REFUSED = "refused";

function open() {
  return new Promise((done, fail) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("entries", { keyPath: "id" });
      request.result.createObjectStore("sent", { keyPath: "id" });
      request.result.createObjectStore("facts", { keyPath: "name" });
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

async function run(store, mode, use) {
  const database = await open();
  try {
    return await new Promise((done, fail) => {
      const transaction = database.transaction(store, mode, { durability: "strict" });
      const request = use(transaction.objectStore(store));
      transaction.oncomplete = () => done(request?.result);
      transaction.onerror = transaction.onabort = () => fail(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const put = (entry) => run("entries", "readwrite", (store) => store.put(entry));
export const get = (id) => run("entries", "readonly", (store) => store.get(id));
export const drop = (id) => run("entries", "readwrite", (store) => store.delete(id));
export const fact = async (name) => (await run("facts", "readonly", (store) => store.get(name)))?.value;
export const learn = (name, value) => run("facts", "readwrite", (store) => store.put({ name, value }));

/** Everything that is still here, the oldest first. */
export async function all() {
  const entries = await run("entries", "readonly", (store) => store.getAll());
  return entries.sort((one, other) => one.capturedAt.localeCompare(other.capturedAt));
}

/** What went up last, the newest first. */
export async function sent() {
  const rows = await run("sent", "readonly", (store) => store.getAll());
  return rows.sort((one, other) => other.sentAt.localeCompare(one.sentAt));
}

/** Forget what went up: it names people. What did not go up stays. */
export const forgetSent = () => run("sent", "readwrite", (store) => store.clear());

/** How often kept pages were forgotten here: whoever was about to keep one looks whether it changed. */
export let forgotten = 0;

/** The address under which a page is kept: with its question, for another grid's page is another page. */
export function keyOf(address) {
  const url = new URL(address, location.origin);
  for (const name of READ) url.searchParams.delete(name);
  url.searchParams.sort();
  return url.pathname + url.search;
}

/** Throw the kept pages away; the service worker, if this is a page, lets go of those on their way. */
export async function forgetPages() {
  forgotten += 1;
  await globalThis.caches?.delete(PAGES);
  await learn("kept", 0);
  globalThis.navigator?.serviceWorker?.controller?.postMessage({ forget: true });
}

/** Say to every open page that something changed here. */
export function tell() {
  const channel = new BroadcastChannel(NAME);
  channel.postMessage("changed");
  channel.close();
}

/** Whether the server wants to know first who this is. */
const turnsAway = (answer) => answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;

/** Who is signed in: {worker, csrf, ticket, posts, keep}; {worker: null} signed out; null without an answer.
    Whoever is in no post any more, signed out, or in other posts than before, has no kept pages. */
export async function hello() {
  const answer = await ask(SYNC, {});
  if (answer === null || !(answer.ok || turnsAway(answer))) return null;
  const known = answer.ok ? await answer.json().catch(() => null) : null;
  const posts = known?.posts ?? "";
  if (!posts || posts !== await fact("posts")) await forgetPages();
  await learn("posts", posts);
  await learn("keep", (known?.keep ?? []).map(keyOf));
  if (!known?.worker) return { worker: null };
  await learn("worker", known.worker);
  await learn("ticket", known.ticket);
  return known;
}

/** Bring up what waits, one after the other; what came of it: "offline", "signed-out", "busy", "done". */
export async function flush({ only = null } = {}) {
  return alone(async () => {
    const here = (await all()).filter((entry) => entry.state === WAITING);
    if (!here.length) return "done";
    const known = await hello();
    if (known === null) return "offline";
    if (known.worker === null) return "signed-out";
    for (const { id } of here) {
      const entry = await get(id);
      if (!entry || entry.state !== WAITING || entry.worker !== known.worker) continue;
      if (id !== only && (entry.notBefore ?? 0) > Date.now()) continue;
      const went = await bring(entry, SYNC, { "X-CSRFToken": known.csrf });
      if (went === "offline" || went === "signed-out") return went;
    }
    return "done";
  });
}

/** Hand one entry to the leader: signed in, or by the ticket that this phone was once given. */
export async function handOver(id) {
  return alone(async () => {
    const entry = await get(id);
    if (!entry) return "done";
    const known = await hello();
    if (known === null) return "offline";
    const handed = { ...entry, toLeader: true };
    if (known.worker === entry.worker) return bring(handed, SYNC, { "X-CSRFToken": known.csrf });
    const ticket = (await fact("worker")) === entry.worker ? await fact("ticket") : entry.ticket;
    return bring(handed, LEFT, { "X-Ticket": ticket ?? "" });
  });
}

/** One at a time, whatever pages are open; a second one is not needed. */
async function alone(work) {
  const changed = async () => {
    try {
      return await work();
    } finally {
      tell();
    }
  };
  if (!navigator.locks) return changed();
  return navigator.locks.request(NAME, changed);
}

async function bring(entry, path, headers) {
  const answer = await ask(path, { method: "POST", body: form(entry), headers });
  if (answer === null) return "offline";
  if (answer.type === "opaqueredirect" || answer.status === 401) return "signed-out";
  const said = await answer.json().catch(() => ({}));
  if (answer.status === 201 || answer.status === 202) {
    await run("sent", "readwrite", (store) => store.put({
      id: entry.id,
      worker: entry.worker,
      title: entry.title,
      label: entry.label,
      capturedAt: entry.capturedAt,
      sentAt: new Date().toISOString(),
      held: answer.status === 202,
      name: said.name ?? "",
      url: said.url ?? "",
      message: said.message ?? "",
      warns: Boolean(said.warns),
    }));
    await drop(entry.id);
    for (const { id } of (await sent()).slice(SENT_KEPT)) await run("sent", "readwrite", (store) => store.delete(id));
    return "landed";
  }
  const tries = (entry.tries ?? 0) + 1;
  const passing = answer.status >= 500 || answer.status === 429 || answer.status === 408;
  const wait = Number(answer.headers.get("Retry-After")) || AGAIN[Math.min(tries, AGAIN.length - 1)];
  await put({
    ...entry,
    toLeader: false,
    tries,
    state: passing ? WAITING : REFUSED,
    notBefore: passing ? Date.now() + wait * 1000 : 0,
    status: answer.status,
    code: said.code ?? "",
    reason: said.message ?? "",
    errors: said.extra?.errors ?? {},
  });
  return passing ? "later" : "refused";
}

function form(entry) {
  const data = new FormData();
  const about = {
    id: entry.id,
    kind: entry.kind,
    title: entry.title,
    captured_at: entry.capturedAt,
    sent_at: new Date().toISOString(),
  };
  if (entry.toLeader) Object.assign(about, { to_leader: "on", objection: entry.reason ?? "" });
  for (const [name, value] of Object.entries(about)) data.append(`entry.${name}`, value);
  for (const [name, value] of entry.fields) data.append(name, value);
  for (const { field, name, blob } of entry.files) data.append(field, blob, name);
  return data;
}

async function ask(path, { headers = {}, ...options }) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT);
  try {
    return await fetch(path, {
      cache: "no-store",
      redirect: "manual",
      signal: stop.signal,
      ...options,
      headers: { ...JSON_ONLY, ...headers },
    });
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
