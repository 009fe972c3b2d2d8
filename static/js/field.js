// The pages of a grid worker: kept for where there is no signal, forms that wait in the phone and go up by
// themselves. Everything but that works without it. Words come from the templates.

import { REFUSED, WAITING, all, fact, flush, get, hello, learn, put, sent } from "./outbox.js";

const EVERY = 60_000;
const ASKED_FOR = 900_000;
const SAID = "said";
const HERE = document.querySelector("[data-field-worker]")?.dataset ?? {};
const WORKER = Number(HERE.fieldWorker ?? 0);

register();
fillFromAddress();
toForms();
for (const form of document.querySelectorAll("form[data-entry]")) watch(form);
for (const box of document.querySelectorAll("[data-outbox]")) count(box);
note();
tellOf();

async function register() {
  if (!("serviceWorker" in navigator) || !("indexedDB" in window)) return;
  await navigator.serviceWorker.register("/sw.js", { type: "module", scope: "/" }).catch(() => null);
  keepPages();
  up();
  window.addEventListener("online", up);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && up());
  setInterval(() => document.visibilityState === "visible" && up(), EVERY);
  navigator.storage?.persist?.();
}

/** Every quarter of an hour with signal, and at once in other posts: the pages of the day, fresh. */
async function keepPages() {
  const before = (await fact("posts")) === HERE.fieldPosts ? (await fact("kept")) ?? 0 : 0;
  if (!WORKER || kept() || Math.abs(Date.now() - before) < ASKED_FOR) return;
  const known = await hello();
  const ready = await navigator.serviceWorker.ready;
  if (known?.worker !== WORKER || !known.posts) return;
  await learn("kept", Date.now());
  ready.active?.postMessage({ keep: known.keep });
}

async function up() {
  if ((await all()).some((entry) => entry.state === WAITING)) await flush();
}

/** A kept form is one for every stop of a sweep, every door or pack: which one, its address says. */
function fillFromAddress() {
  for (const name of ["household", "pack", "stop", "visit"]) {
    const asked = new URLSearchParams(location.search).get(name);
    const field = document.querySelector(`form[data-entry] [name=${name}]`);
    if (kept() && field && /^\d+$/.test(asked ?? "")) field.value = asked;
  }
  const purpose = Number(new URLSearchParams(location.search).get("purpose"));
  const radio = kept() && purpose ? document.querySelector(`form[data-entry] [name=purpose][value="${purpose}"]`) : null;
  if (radio) radio.checked = true;
}

/** A door's own page is never kept: without signal its link leads to the form of a visit there. */
function toForms() {
  for (const list of kept() ? document.querySelectorAll("[data-door-form]") : []) {
    const form = new URL(list.dataset.doorForm, location.href);
    for (const link of list.querySelectorAll("[data-door]")) {
      form.searchParams.set("household", link.dataset.door);
      link.href = form.pathname + form.search;
    }
  }
}

/** Whether this page came out of the phone rather than from the server. */
function kept() {
  return document.documentElement.dataset.keptAt;
}

function note() {
  const box = document.querySelector("[data-kept-note]");
  if (!box || !kept()) return;
  const at = new Date(Number(kept()));
  box.querySelector("[data-kept-text]").textContent = box.dataset.keptNote.replace("{at}", at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  box.hidden = false;
}

async function count(box) {
  const show = async () => {
    const entries = await all().catch(() => []);
    const refused = entries.filter((entry) => entry.state === REFUSED).length;
    box.hidden = !entries.length;
    box.querySelector("[data-outbox-text]").textContent = refused
      ? box.dataset.refused.replace("{n}", entries.length).replace("{refused}", refused)
      : box.dataset.waiting.replace("{n}", entries.length);
    box.classList.toggle("notice--error", refused > 0);
  };
  new BroadcastChannel("outbox").addEventListener("message", show);
  show();
}

/** A form that is kept in the phone first, and goes up when there is signal. */
async function watch(form) {
  if (!("indexedDB" in window)) return;
  const again = new URLSearchParams(location.search).get("entry");
  const before = again ? await get(again) : null;
  if (before && before.kind === form.dataset.entry && before.worker === WORKER) refill(form, before);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (lacksPhoto(form)) return refuse(form, { reason: form.dataset.photoMissing });
    if (!form.dataset.sending) keep(form, before).catch(() => form.submit());
  });
}

/** What is not taken without a photo is asked for one at the door, not at the next signal. */
function lacksPhoto(form) {
  const asked = (form.dataset.needsPhoto ?? "").split(" ").filter(Boolean);
  const given = [...form.querySelectorAll("[type=file]")].some((field) => field.files.length);
  return asked.includes(form.elements[form.dataset.photoField]?.value) && !given && !form.querySelector("[name^=kept_]");
}

async function keep(form, before) {
  form.dataset.sending = "1";
  form.setAttribute("aria-busy", "true");
  const entry = entryOf(form, before);
  entry.ticket = (await fact("worker")) === WORKER ? await fact("ticket") : "";
  await put(entry);
  form.dataset.entryId = entry.id;
  const ready = await navigator.serviceWorker?.getRegistration();
  await ready?.sync?.register("outbox").catch(() => null);
  const went = await flush({ only: entry.id });
  const now = await get(entry.id);
  delete form.dataset.sending;
  form.removeAttribute("aria-busy");
  if (now?.state === REFUSED) return refuse(form, now);
  done(form);
  const row = went === "done" && !now ? (await sent()).find((one) => one.id === entry.id) : null;
  const landed = row && !row.held ? row.url : "";
  if (landed && row.message) sessionStorage.setItem(SAID, JSON.stringify({ url: landed, words: row.message, warns: row.warns }));
  location.assign(landed || "/work/waiting/");
}

/** On the page where an entry landed: what its worker is told about it, once. */
function tellOf() {
  const said = JSON.parse(sessionStorage.getItem(SAID) ?? "null");
  sessionStorage.removeItem(SAID);
  if (said?.url !== location.pathname + location.search) return;
  const notice = document.querySelector(`template[data-said=${said.warns ? "warn" : "ok"}]`).content.cloneNode(true);
  notice.querySelector("p").textContent = said.words;
  const box = document.querySelector(".notices");
  box.append(notice);
  box.hidden = false;
}

function entryOf(form, before) {
  const data = new FormData(form);
  const fields = [];
  const files = [];
  for (const [name, value] of data) {
    if (name === "csrfmiddlewaretoken") continue;
    if (typeof value === "string") fields.push([name, untouched(form.elements[name]) ? "" : value]);
    else if (value.size) files.push({ field: name, name: value.name, blob: value });
  }
  const first = fields.find(([name, value]) => value && form.elements[name]?.tagName === "TEXTAREA");
  const chosen = form.elements[form.dataset.entryTitle];
  return {
    id: before?.id ?? form.dataset.entryId ?? crypto.randomUUID(),
    kind: form.dataset.entry,
    label: form.dataset.entryLabel,
    title: (first?.[1] ?? chosen?.selectedOptions?.[0]?.text ?? form.dataset.entryTitled ?? form.dataset.entryLabel).slice(0, 60),
    page: address(),
    worker: WORKER,
    capturedAt: before?.capturedAt ?? new Date().toISOString(),
    fields,
    files,
    state: WAITING,
    tries: 0,
  };
}

/** Where this form is opened again, for the same grid, community or stop. */
function address() {
  const url = new URL(location.href);
  url.searchParams.delete("entry");
  return url.pathname + url.search;
}

/** A moment that stands as the page was made: the entry's own time is better. */
function untouched(field) {
  return field?.type === "datetime-local" && field.value === field.defaultValue;
}

/** The server's reasons on the form, which stays as it was typed. */
function refuse(form, entry) {
  const box = form.querySelector("[data-entry-refused]");
  const lines = Object.entries(entry.errors ?? {}).flatMap(([label, words]) => words.map((word) => label ? `${label}: ${word}` : word));
  const told = lines.length ? lines : [entry.reason].filter(Boolean);
  if (told.length) box.querySelector("ul").replaceChildren(...told.map((line) => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  }));
  box.hidden = false;
  box.focus();
}

/** What was refused earlier, back in its form. */
function refill(form, entry) {
  for (const field of form.elements) {
    const values = entry.fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "file") {
      const transfer = new DataTransfer();
      for (const { field: name, name: called, blob } of entry.files) {
        if (name === field.name) transfer.items.add(new File([blob], called, { type: blob.type }));
      }
      field.files = transfer.files;
      if (field.files.length) field.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else if (values.length && field.name !== "csrfmiddlewaretoken") field.value = values[0];
  }
  if (entry.reason || Object.keys(entry.errors ?? {}).length) refuse(form, entry);
}

function done(form) {
  if (form.dataset.draft) {
    try {
      localStorage.removeItem(`draft:${form.dataset.draft}`);
    } catch {
      // Storage that cannot be written held no draft.
    }
  }
}
