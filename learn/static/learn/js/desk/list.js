// The list of questions: how many each saved view shows, fetched after the list itself.

async function countViews(section) {
  const response = await fetch(section.dataset.counts, { headers: { Accept: "application/json" } });
  if (!response.ok) return;
  const counts = await response.json();
  for (const badge of section.querySelectorAll("[data-view]")) {
    const count = counts[badge.dataset.view];
    if (count === undefined) continue;
    badge.textContent = count;
    badge.hidden = false;
  }
}

const section = document.querySelector("[data-counts]");
// Without the numbers the list is whole.
if (section?.querySelector("[data-view]")) countViews(section).catch(() => {});
