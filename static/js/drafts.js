// `<form data-draft="key">`: what is typed survives a dead battery, on this device only, for a week.
// The page after success carries `<div data-draft-done="key">`. Photos, hidden fields, passwords and
// codes are never kept. Without the attribute nothing is stored, so shared staff machines stay clean.

const WEEK = 7 * 24 * 3600 * 1000;
const NEVER = new Set(["hidden", "password", "file", "submit", "button"]);

for (const done of document.querySelectorAll("[data-draft-done]")) forget(done.dataset.draftDone);
for (const form of document.querySelectorAll("form[data-draft]")) keep(form);

function keep(form) {
  const key = form.dataset.draft;
  const fields = () => [...form.elements].filter(
    (field) => field.name && !NEVER.has(field.type) && field.autocomplete !== "one-time-code",
  );
  if (!form.querySelector("[aria-invalid=true]")) restore(form, read(key), fields());
  form.addEventListener("input", () => write(key, fields()));
  form.addEventListener("change", () => write(key, fields()));
}

function restore(form, draft, fields) {
  if (!draft) return;
  for (const field of fields) {
    const values = draft[field.name];
    if (!values) continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else if (!field.value) field.value = values[0] ?? "";
    const folded = field.closest("details");
    if (folded && (field.checked || (field.type !== "radio" && field.type !== "checkbox" && field.value))) folded.open = true;
  }
  const note = form.querySelector("[data-draft-note]");
  if (note) note.hidden = false;
  form.querySelector("[data-draft-clear]")?.addEventListener("click", () => {
    forget(form.dataset.draft);
    form.reset();
    note.hidden = true;
  });
}

function write(key, fields) {
  const draft = {};
  for (const field of fields) {
    draft[field.name] ??= [];
    const choice = field.type === "radio" || field.type === "checkbox";
    if (!choice || field.checked) draft[field.name].push(field.value);
  }
  store((storage) => storage.setItem(`draft:${key}`, JSON.stringify({ at: Date.now(), draft })));
}

function read(key) {
  const kept = store((storage) => JSON.parse(storage.getItem(`draft:${key}`)));
  if (kept && Date.now() - kept.at < WEEK) return kept.draft;
  forget(key);
  return null;
}

function forget(key) {
  store((storage) => storage.removeItem(`draft:${key}`));
}

/** Storage may be full, switched off or broken; a draft is never worth an error. */
function store(use) {
  try {
    return use(window.localStorage);
  } catch {
    return null;
  }
}
