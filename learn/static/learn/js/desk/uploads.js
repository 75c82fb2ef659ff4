// Pictures that are dropped, pasted or chosen: what each shows is asked first, then it is sent, then
// its Markdown stands where the caret was. What goes wrong is said in the dialog; nothing of it gets
// into the answer.

import { insert } from "./editor.js";
import { tokenOf } from "./sending.js";

export function attach(editor) {
  const area = editor.querySelector("textarea");
  const dialog = editor.querySelector("[data-picture-dialog]");
  const shown = dialog.querySelector("[data-shown]");
  const alt = dialog.querySelector("input");
  const problem = dialog.querySelector("[role=alert]");
  const button = dialog.querySelector("[data-insert]");
  const chooser = editor.querySelector("[data-picture-file]");
  const words = dialog.dataset;
  let waiting = [], place = [0, 0], isBusy = false;

  editor.querySelector("[data-picture]").addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", () => { take(chooser.files); chooser.value = ""; });
  area.addEventListener("paste", (event) => {
    // Office programs put a picture of the text beside the text: the text is meant.
    if (event.clipboardData.types.includes("text/plain")) return;
    if (take(event.clipboardData.files)) event.preventDefault();
  });
  area.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return; // text is the browser's matter
    event.preventDefault();
    editor.classList.add("dropping");
  });
  for (const type of ["dragleave", "drop"]) area.addEventListener(type, () => editor.classList.remove("dropping"));
  area.addEventListener("drop", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  });

  button.addEventListener("click", send);
  dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
  // Enter would send the form that the dialog stands in.
  alt.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    send();
  });
  dialog.addEventListener("close", () => {
    waiting.shift();
    if (waiting.length) ask();
    else area.focus({ preventScroll: true });
  });

  function take(files) {
    const taken = [...files];
    if (!taken.length) return false;
    waiting.push(...taken);
    if (!dialog.open) {
      place = [area.selectionStart, area.selectionEnd];
      ask();
    }
    return true;
  }

  function ask() {
    alt.value = problem.textContent = "";
    shown.hidden = true;
    const reader = new FileReader();
    reader.addEventListener("load", () => { shown.src = reader.result; });
    shown.onload = () => { shown.hidden = false; };
    if (waiting[0].type.startsWith("image/") && waiting[0].type !== "image/svg+xml") reader.readAsDataURL(waiting[0]);
    dialog.showModal();
    alt.focus();
  }

  async function send() {
    if (isBusy) return;
    if (!alt.value.trim()) {
      problem.textContent = words.missing;
      alt.focus();
      return;
    }
    isBusy = true;
    problem.textContent = words.sending;
    const result = await upload(waiting[0]);
    isBusy = false;
    problem.textContent = result.error ?? "";
    if (result.error || !dialog.open) return;
    dialog.close();
    // Below an open dialog the text area would not keep what is chosen in it.
    area.focus({ preventScroll: true });
    area.setSelectionRange(...place);
    insert(area, result.image_code);
    place = [area.selectionStart, area.selectionEnd];
  }

  async function upload(file) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", tokenOf(area.form));
    body.append("image", file);
    body.append("alt", alt.value);
    try {
      const response = await fetch(area.dataset.markdownxUploadUrlsPath, { method: "POST", body });
      if (response.status === 403) return { error: words.signedOut };
      return await response.json();
    } catch {
      return { error: words.failed };
    }
  }
}
