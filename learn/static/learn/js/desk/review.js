// Keys for the decisions of a review: a, r, s. They can be switched off, and never fire while
// somebody types.

const STORE = "quicktakes.reviewkeys";
const form = document.querySelector("[data-review]");
const buttons = form ? [...form.querySelectorAll("button[data-key]")] : [];
const toggle = form?.querySelector("[data-keys-switch]");

function stored() {
  try {
    return localStorage.getItem(STORE);
  } catch {
    return null;
  }
}

function show() {
  for (const button of buttons) {
    button.querySelector("kbd").hidden = !toggle.checked;
    if (toggle.checked) button.setAttribute("aria-keyshortcuts", button.dataset.key);
    else button.removeAttribute("aria-keyshortcuts");
  }
}

function isTyping(element) {
  return element.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");
}

function onKey(event) {
  if (!toggle.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (isTyping(event.target)) return;
  const button = buttons.find(({ dataset }) => dataset.key === event.key);
  if (!button) return;
  event.preventDefault();
  const needed = button.dataset.needs && document.getElementById(button.dataset.needs);
  if (needed && !needed.value.trim()) needed.focus();
  else button.click();
}

if (toggle) {
  toggle.checked = stored() !== "off";
  toggle.closest("label").hidden = false;
  toggle.addEventListener("change", () => {
    try {
      localStorage.setItem(STORE, toggle.checked ? "on" : "off");
    } catch {
      // The choice then lasts as long as the page.
    }
    show();
  });
  show();
  document.addEventListener("keydown", onKey);
}
