// From a reviewer's note to the line of the answer that it is about.

function goTo(area, number) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
  const height = parseFloat(getComputedStyle(area).lineHeight) || 20;
  area.scrollTop = Math.max(0, (number - 4) * height);
}

for (const button of document.querySelectorAll("[data-go-to-line]")) {
  const area = document.getElementById(button.dataset.textarea);
  if (!area) continue;
  button.hidden = false;
  button.addEventListener("click", () => goTo(area, Number(button.dataset.goToLine)));
}
