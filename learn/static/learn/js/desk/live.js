// Sends what the form holds after every pause, and hands each panel its part of the answer. One
// request at a time: the newest text is sent when the last answer is there, so none comes late.

import { bodyOf } from "./sending.js";

const PAUSE = 150;

export class Live {
  #form;
  #address;
  #panels = [];
  #timer;
  #isBusy = false;
  #isChanged = false;
  #status;

  constructor(form, { url, ...words }, status) {
    this.#form = form;
    this.#address = url;
    this.#status = (problem) => { status.textContent = problem && (words[problem] ?? problem); };
    for (const type of ["input", "change"]) {
      form.addEventListener(type, (event) => { if (event.target.name) this.changed(); });
    }
  }

  /** `show(part)` is called with the panel's part of every answer, while `isWanted()`. */
  watch(name, show, isWanted = () => true) {
    this.#panels.push({ name, show, isWanted });
  }

  changed(pause = PAUSE) {
    clearTimeout(this.#timer);
    this.#isChanged = true;
    this.#timer = setTimeout(() => this.#send(), pause);
  }

  async #send() {
    if (this.#isBusy) return;
    const wanted = this.#panels.filter((panel) => panel.isWanted());
    if (!wanted.length) return;
    this.#isBusy = true;
    this.#isChanged = false;
    const body = bodyOf(this.#form);
    for (const panel of wanted) body.append("panel", panel.name);
    const { parts, problem } = await this.#ask(body);
    this.#isBusy = false;
    this.#status(problem ?? "");
    if (parts) {
      for (const panel of wanted) if (panel.name in parts) panel.show(parts[panel.name]);
    }
    // What was typed meanwhile; after a failure the next key tries again.
    if (this.#isChanged && parts) this.changed(0);
  }

  async #ask(body) {
    try {
      const response = await fetch(this.#address, { method: "POST", body, headers: { Accept: "application/json" } });
      if (response.ok) return { parts: await response.json() };
      if (response.status === 403) return { problem: "signedOut" };
      return { problem: (await response.json()).error };
    } catch {
      return { problem: "failed" };
    }
  }
}
