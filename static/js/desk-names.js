// The admin's search-as-you-type choices get the name that their label gives, so that they are read out.

const named = (box) => {
  const select = box.closest(".related-widget-wrapper, .flex-container, .form-row")?.querySelector("select.admin-autocomplete");
  const label = select?.labels?.[0]?.textContent.replace(/[:：]\s*$/, "").trim();
  if (!label) return;
  for (const part of box.querySelectorAll(".select2-selection, .select2-search__field, span.select2-selection__rendered")) {
    part.setAttribute("aria-label", label);
  }
  // An empty list of chosen things is no list to a screen reader.
  const chosen = box.querySelector("ul.select2-selection__rendered");
  chosen?.setAttribute("role", "presentation");
};

const all = () => document.querySelectorAll(".select2-container").forEach(named);

new MutationObserver(all).observe(document.documentElement, { childList: true, subtree: true });
all();
