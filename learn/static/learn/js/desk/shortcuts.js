// Keys of the form. Single letters count outside of fields only, and can be turned off.

const OFF = "quicktakes.desk.single-keys-off";

export function attach(dialog, form, area, { preview, checklist }) {
  const button = document.querySelector("[data-shortcuts-button]");
  const single = dialog.querySelector("[data-single-keys]");
  document.querySelector("[data-preview-toggle]")?.after(button);
  button.hidden = false;
  button.addEventListener("click", open);
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  single.checked = !isOff();
  single.addEventListener("change", () => turnOff(!single.checked));

  const commands = { s: save, Enter: publish, "/": open };
  const keys = { F8: checklist?.next, F9: preview?.toggle };
  const letters = { n: checklist?.next, p: preview?.toggle, e: () => area?.focus(), "?": open };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || document.querySelector("dialog[open]")) return;
    const { key } = event;
    let act;
    if (event.ctrlKey || event.metaKey) act = event.shiftKey ? undefined : commands[key.length > 1 ? key : key.toLowerCase()];
    else if (keys[key]) act = keys[key];
    else if (single.checked && !isField(event.target)) act = letters[key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });

  function open() {
    dialog.showModal();
  }

  function save() {
    press(form.querySelector("[name=_continue]") ?? form.querySelector("[name=_save]"));
  }

  function publish() {
    const own = form.querySelector("[data-publish], [name=_publish]");
    const option = form.elements.status?.querySelector("option[value=published]");
    if ((own ?? option)?.disabled) checklist?.first();
    else if (own) press(own);
    else if (option) {
      form.elements.status.value = option.value;
      save();
    }
  }

  // As a click would: the form's own checks and scripts run.
  function press(submit) {
    if (submit) form.requestSubmit(submit);
  }
}

function isField(element) {
  return element.closest?.("input, textarea, select, [contenteditable], [role=combobox], [role=searchbox]") !== null;
}

function isOff() {
  try {
    return localStorage.getItem(OFF) === "yes";
  } catch {
    return false; // storage is switched off
  }
}

function turnOff(wanted) {
  try {
    if (wanted) localStorage.setItem(OFF, "yes");
    else localStorage.removeItem(OFF);
  } catch {
    // the choice lasts for this page
  }
}
