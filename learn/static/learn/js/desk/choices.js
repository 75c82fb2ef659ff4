// Select2 names a box by what is chosen in it alone, and by nothing while it is empty.
function name(select) {
  const label = select.labels[0];
  const box = select.nextElementSibling?.querySelector("[role=combobox]");
  if (!label || !box) return;
  const chosen = box.querySelector(".select2-selection__rendered");
  label.id ||= `${select.id}_label`;
  box.setAttribute("aria-labelledby", `${label.id} ${chosen.id}`);
  if (chosen.role) chosen.setAttribute("aria-labelledby", label.id);
}

// In jQuery's own queue, behind what draws the boxes; pages without any have no jQuery.
window.django?.jQuery?.(() => document.querySelectorAll("select.admin-autocomplete").forEach(name));

document.addEventListener("focusin", ({ target }) => {
  if (!target.matches(".select2-search__field")) return;
  const select = document.querySelector(".select2-container--open")?.previousElementSibling;
  target.setAttribute("aria-label", select?.labels?.[0]?.textContent ?? "");
});
