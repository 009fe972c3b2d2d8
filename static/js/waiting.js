// What this phone still holds: each entry with its reason and its ways out. Words come from the template.

import { REFUSED, all, drop, fact, flush, handOver, hello, sent } from "./outbox.js";

const page = document.querySelector("[data-waiting]");
const words = page.dataset;
const VOLUNTEERS = "/account/sweeping/";
const list = page.querySelector("[data-waiting-list]");
const gone = page.querySelector("[data-sent-list]");
const state = page.querySelector("[data-waiting-state]");
const row = page.querySelector("template[data-row]");
const wentRow = page.querySelector("template[data-went]");
let known;

new BroadcastChannel("outbox").addEventListener("message", show);
page.querySelector("[data-send]").addEventListener("click", send);
await show();
await greet();

async function greet() {
  known = await hello();
  await show();
}

async function send() {
  state.textContent = words.sending;
  const went = await flush();
  known = await hello();
  await show();
  state.textContent = { offline: words.offline, "signed-out": words.signedOut }[went] ?? words.sent;
}

async function show() {
  const entries = await all();
  const mine = known?.worker ?? (known === null ? await fact("worker") : null);
  const pages = [...entries, ...await sent()].filter((one) => one.worker === mine).map((one) => one.page ?? one.url ?? "");
  if (pages.some((one) => one.startsWith(VOLUNTEERS))) document.querySelector(".back").href = VOLUNTEERS;
  list.replaceChildren(...entries.map((entry) => item(entry, entry.worker === mine)));
  page.querySelector("[data-none]").hidden = entries.length > 0;
  page.querySelector("[data-send]").hidden = !entries.length;
  page.querySelector("[data-sign-in]").hidden = !(known && known.worker === null);
  const rows = mine ? (await sent()).filter((one) => one.worker === mine) : [];
  gone.replaceChildren(...rows.map(went));
  gone.closest("section").hidden = !rows.length;
}

/** Nobody but its owner reads an entry here; anybody may hand it over. */
function item(entry, isMine) {
  const made = row.content.cloneNode(true);
  const set = (name, text) => { made.querySelector(`[data-${name}]`).textContent = text; };
  set("label", entry.label ?? "");
  set("title", isMine ? entry.title : words.somebody);
  set("at", moment(entry.capturedAt));
  set("photos", entry.files.length ? words.photos.replace("{n}", entry.files.length) : "");
  const lines = Object.entries(entry.errors ?? {}).flatMap(([label, said]) => said.map((one) => label ? `${label}: ${one}` : one));
  const reason = lines.join(" ") || entry.reason || (entry.status ? words.failed.replace("{status}", entry.status) : "");
  set("reason", entry.state === REFUSED || entry.tries ? (isMine ? reason : "") : "");
  made.querySelector("[data-state]").textContent = entry.state === REFUSED ? words.refused : words.waits;
  const edit = made.querySelector("[data-edit]");
  edit.href = `${entry.page}${entry.page.includes("?") ? "&" : "?"}entry=${entry.id}`;
  edit.hidden = !isMine || entry.state !== REFUSED;
  const hand = made.querySelector("[data-hand]");
  hand.hidden = isMine && entry.state !== REFUSED;
  hand.addEventListener("click", async () => {
    hand.disabled = true;
    state.textContent = words.sending;
    const what = await handOver(entry.id);
    state.textContent = { offline: words.offline, landed: words.handed }[what] ?? words.notHanded;
    await show();
  });
  const away = made.querySelector("[data-drop]");
  away.hidden = !isMine || entry.state !== REFUSED;
  away.addEventListener("click", async () => {
    if (away.dataset.sure) {
      await drop(entry.id);
      await show();
    } else {
      away.dataset.sure = "1";
      away.textContent = words.sure;
    }
  });
  return made;
}

function went(entry) {
  const made = wentRow.content.cloneNode(true);
  const link = made.querySelector("a");
  link.textContent = entry.title;
  if (entry.url) link.href = entry.url;
  else link.removeAttribute("href");
  made.querySelector("[data-became]").textContent = entry.held ? entry.message || words.held : entry.name;
  made.querySelector("[data-at]").textContent = moment(entry.capturedAt);
  return made;
}

function moment(text) {
  return new Date(text).toLocaleString([], { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
}
