// Below the title: questions that ask nearly the same, found while it is typed.

const PAUSE = 150;

export function attach(panel, title) {
  let timer, request;
  title.closest(".form-row")?.append(panel);
  title.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  if (title.value) look();

  async function look() {
    request?.abort(); // what is asked for now is newer
    request = new AbortController();
    try {
      const query = new URLSearchParams({ title: title.value });
      const response = await fetch(`${panel.dataset.url}?${query}`, { signal: request.signal });
      if (!response.ok) return;
      const { html } = await response.json();
      panel.innerHTML = html; // made by the site's own template
      panel.hidden = !html;
    } catch (error) {
      // Aborted, or not reached: the live preview says so, the next key asks again.
      if (!(error instanceof TypeError) && error.name !== "AbortError") throw error;
    }
  }
}
