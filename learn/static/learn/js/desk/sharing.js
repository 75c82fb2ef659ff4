// Links to the page as the form holds it now, for people without an account.

import { bodyOf } from "./sending.js";

export function attach(box, form) {
  const list = box.querySelector("[data-links]");
  const status = box.querySelector("[role=status]");
  const words = box.dataset;
  let newest = 0;

  const days = box.querySelector("[data-days]");
  // Enter would save the form.
  days.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  box.hidden = false;

  // The list is not asked for with every form, but when somebody looks.
  box.addEventListener("toggle", () => { if (box.open && !list.childElementCount) send(words.url, "GET"); });
  box.querySelector("[data-share]").addEventListener("click", async () => {
    if (await send(words.url)) {
      status.textContent = words.made;
      list.querySelector("input")?.select();
    }
  });
  box.addEventListener("click", async ({ target }) => {
    const { revoke } = target.dataset;
    if (revoke && await send(revoke)) {
      status.textContent = words.revoked;
      (list.querySelector("button") ?? box.querySelector("[data-share]")).focus();
    }
    if ("copy" in target.dataset) {
      const field = target.closest("li").querySelector("input");
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        status.textContent = words.copied;
      } catch {
        status.textContent = words.select;
      }
    }
  });

  async function send(address, method = "POST") {
    const number = ++newest;
    status.textContent = "";
    try {
      const body = method === "POST" ? bodyOf(form) : undefined;
      body?.set("share_days", days.value); // no field of the question
      const response = await fetch(address, { method, body });
      if (response.status === 403) throw new Error(words.signedOut);
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.error);
      if (number === newest) list.innerHTML = answer.links; // made by the site's own template
      absolute();
      return true;
    } catch (error) {
      status.textContent = error instanceof TypeError || error instanceof SyntaxError ? words.failed : error.message;
      return false;
    }
  }

  function absolute() {
    for (const field of list.querySelectorAll("input")) field.value = new URL(field.value, location.href).href;
  }
}
