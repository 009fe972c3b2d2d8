// Where the phone is, into hidden fields, when somebody asks for it; `data-send` sends the form then. Without a position the form goes up as it is.
// A code that a printed QR code brought along is filled in, also on a page that was kept in the phone.

const WAIT = { enableHighAccuracy: true, timeout: 20_000, maximumAge: 0 };

for (const box of document.querySelectorAll("[data-position]")) offer(box);
bring();

function offer(box) {
  if (!navigator.geolocation) return;
  const { form } = box.querySelector("button");
  const status = box.querySelector("[data-position-status]");
  box.hidden = false;
  box.querySelector("button").addEventListener("click", () => {
    status.textContent = box.dataset.finding;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      for (const name of ["longitude", "latitude", "accuracy"]) form.elements[name].value = coords[name];
      status.textContent = box.dataset.found.replace("{n}", Math.round(coords.accuracy));
      if ("send" in box.dataset) form.requestSubmit();
    }, () => {
      status.textContent = box.dataset.failed;
    }, WAIT);
  });
}

function bring() {
  const code = new URLSearchParams(location.search).get("code");
  const field = document.querySelector("form[data-entry] [name=code]");
  if (code && field && !field.value) field.value = code.slice(0, 12);
}
