// The day by which a type of hazard is usually put right, until somebody has typed another.

const day = document.querySelector("[name=rectify_by]");
let isTyped = false;

day?.addEventListener("input", () => {
  isTyped = true;
});
for (const type of document.querySelectorAll("[name=type][data-days]")) {
  type.addEventListener("change", () => {
    if (day && !isTyped) day.value = later(Number(type.dataset.days));
  });
}

function later(days) {
  const date = new Date();
  date.setDate(date.getDate() + days);
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}
