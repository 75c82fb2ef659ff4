// How the page will look in search results and on other sites, as the form stands.

export function attach(panel, live) {
  const results = panel.querySelector("[data-results]");
  panel.hidden = false;
  panel.addEventListener("toggle", () => { if (panel.open) live.changed(0); });
  live.watch("search", (html) => {
    const isOpen = results.querySelector("[data-structured]")?.open;
    results.innerHTML = html; // made by the site's own template
    if (isOpen) results.querySelector("[data-structured]").open = true;
  }, () => panel.open);
}
