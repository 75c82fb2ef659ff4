// From change to change, by the keys n and p or by the buttons.

const marks = [...document.querySelectorAll("[data-change]")];
const changes = [...new Set(marks.map((mark) => mark.dataset.change))];
const status = document.querySelector("[data-position]");
let current = -1;

function go(step) {
  if (!changes.length) return;
  current = current < 0 && step < 0 ? changes.length - 1 : (current + step + changes.length) % changes.length;
  for (const mark of marks) mark.classList.toggle("desk-current", mark.dataset.change === changes[current]);
  const mark = marks.find((one) => one.dataset.change === changes[current]);
  mark.tabIndex = -1;
  mark.focus({ preventScroll: true });
  mark.scrollIntoView({ block: "center" });
  status.textContent = status.dataset.position.replace("%(number)s", current + 1).replace("%(all)s", changes.length);
}

for (const button of document.querySelectorAll("[data-step]")) {
  button.hidden = false;
  button.addEventListener("click", () => go(Number(button.dataset.step)));
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=radio]), textarea, select")) return;
  const step = { n: 1, p: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  go(step);
});
