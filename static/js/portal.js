// What every page gets: forms that are sent once, counters, copy buttons. Everything works without it.
// Words come from the templates, never from here.

/** A second tap on a slow network sends nothing; coming back with the back button frees the form.
    A form that is answered with a download, and so leaves the page standing, says `data-again`. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "again" in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  for (const button of buttonsOf(form)) button.setAttribute("aria-disabled", "true");
});

window.addEventListener("pageshow", () => {
  for (const form of document.forms) {
    delete form.dataset.sent;
    for (const button of buttonsOf(form)) button.removeAttribute("aria-disabled");
  }
});

function buttonsOf(form) {
  return [...form.elements].filter((element) => element.type === "submit");
}

/** `<textarea maxlength>`: how much is written, of how much. */
for (const area of document.querySelectorAll("textarea[maxlength]")) {
  const output = document.createElement("p");
  output.className = "field__count number";
  output.setAttribute("aria-hidden", "true");
  area.after(output);
  const count = () => { output.textContent = `${area.value.length} / ${area.maxLength}`; };
  area.addEventListener("input", count);
  count();
}

/** `<button hidden data-copy data-done>`: shown only where copying works. */
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.querySelector("span").textContent = button.dataset.done;
  });
}

/** `<button hidden data-print>` */
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
