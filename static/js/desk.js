// The desk's pages. Everything works without it; words come from the templates.

/** `<form data-colours>`: the colour that the three criteria give, shown beside the choice as it changes. */
for (const form of document.querySelectorAll("form[data-colours]")) {
  const criteria = ["scale", "difficulty", "social_impact"];
  const boxes = [...form.querySelectorAll("[name=severity]")];
  const names = new Map(boxes.map((box) => [box.value, box.closest("label").textContent.trim()]));
  const plain = boxes.find((box) => box.value === "");
  if (!plain) continue;
  const output = document.createElement("span");
  output.setAttribute("role", "status");
  plain.closest("label").append(output);
  const show = () => {
    const values = criteria.map((name) => Number(form.querySelector(`[name=${name}]:checked`)?.value ?? 0));
    const colour = values.every(Boolean) ? ["blue", "yellow", "red"][Math.max(...values) - 1] : "";
    output.className = colour ? `chip chip--${colour}` : "";
    output.textContent = colour ? names.get(colour) : "";
  };
  form.addEventListener("change", show);
  show();
}

/** `data-refresh="3"`: what waits for the worker is read again every so many seconds, without a jump. */
for (const box of document.querySelectorAll("[data-refresh]")) {
  const again = () => setTimeout(async () => {
    const answer = await fetch(location.href).catch(() => null);
    const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    const fresh = page?.getElementById(box.id);
    if (fresh) box.innerHTML = fresh.innerHTML;
    if (!fresh || "refresh" in fresh.dataset) again();
  }, Number(box.dataset.refresh) * 1000);
  again();
}
