// The page of a conflict: copies of one's own text, and a joined text that is edited is chosen.

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = button.closest("fieldset"), mine = field.querySelector("[data-mine]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(mine.value);
    } catch {
      // Without a secure connection there is no clipboard, but a selection.
      field.querySelector("details").open = true;
      mine.focus();
      mine.select();
      document.execCommand("copy");
    }
    button.textContent = button.dataset.copied;
  });
}

for (const text of document.querySelectorAll(".desk-joined")) {
  text.addEventListener("input", () => {
    text.closest("fieldset").querySelector("[value=both]").checked = true;
  });
}
