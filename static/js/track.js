// The way of a patrol, while its page is open and somebody has asked for it: kept in this tab until the patrol
// is ended or another begins. The form that ends the patrol carries it along.

const KEY = "patrol-track";
const MOST = 500;
const WAIT = { enableHighAccuracy: true, maximumAge: 10_000 };

const button = document.querySelector("[data-track]");
const ending = document.querySelector("form[data-entry='grids.patrol_end']");
const starting = document.querySelector("form[data-entry='grids.patrol_start']");

if (button && navigator.geolocation) offer();
if (ending) ending.elements.track.value = sessionStorage.getItem(KEY) ?? "";
for (const form of [ending, starting]) form?.addEventListener("submit", () => sessionStorage.removeItem(KEY));

function offer() {
  const note = () => {
    button.textContent = button.dataset.going.replace("{n}", way().length);
  };
  const follow = () => {
    note();
    navigator.geolocation.watchPosition(({ coords }) => {
      const point = [coords.longitude, coords.latitude].map((one) => Number(one.toFixed(5)));
      const before = way();
      if (before.length < MOST && String(before.at(-1)) !== String(point)) sessionStorage.setItem(KEY, JSON.stringify([...before, point]));
      note();
    }, () => null, WAIT);
  };
  button.hidden = false;
  if (sessionStorage.getItem(KEY)) follow();
  else button.addEventListener("click", () => {
    sessionStorage.setItem(KEY, "[]");
    follow();
  }, { once: true });
}

function way() {
  return JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
}
