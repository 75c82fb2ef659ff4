// What the checklist finds while the answer is written. A click goes to the place; errors keep
// whatever publishes from being chosen.

import { goToLine } from "./editor.js";

const PUBLIC = ["published", "scheduled"];

export function attach(panel, live, form, area) {
  const findings = panel.querySelector("[data-findings]");
  let shown = "";
  live.watch("checklist", ({ html, stops }) => {
    panel.hidden = false;
    stop(form, stops, panel.dataset.stopped);
    if (html === shown) return;
    shown = html;
    keepFocus(findings, () => { findings.innerHTML = html; }); // made by the site's own template
  });
  panel.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-go]");
    if (button) go(button);
  });

  function go({ dataset: { go: name, line } }) {
    if (name === "answer" && area) goToLine(area, Number(line) || 1);
    else form.elements[name]?.focus();
  }

  let last = -1;
  const next = () => {
    const buttons = [...findings.querySelectorAll("[data-go]")];
    if (!buttons.length) return;
    last = (last + 1) % buttons.length;
    go(buttons[last]);
  };
  // Errors come first in the list.
  return { next, first: () => { last = -1; next(); } };
}

function stop(form, stops, reason) {
  const status = form.elements.status;
  const was = status?.querySelector("option[selected]")?.value;
  for (const option of status?.options ?? []) {
    if (PUBLIC.includes(option.value) && option.value !== was) option.disabled = stops;
  }
  for (const button of form.querySelectorAll("[data-publish], [name=_publish]")) {
    button.disabled = stops;
    button.title = stops ? reason : "";
  }
}

// The list is written anew under the keyboard of whoever is in it.
function keepFocus(box, change) {
  const index = [...box.querySelectorAll("button")].indexOf(document.activeElement);
  change();
  if (index >= 0) {
    const buttons = box.querySelectorAll("button");
    buttons[Math.min(index, buttons.length - 1)]?.focus();
  }
}
