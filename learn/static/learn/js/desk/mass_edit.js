// A change of many questions: shows what the chosen kind needs, and goes on while there is work.

const FIELDS = {
  replace: ["find", "replacement", "in_answer", "in_title", "match_case", "whole_words"],
  subject: ["subject"],
  author: ["author"],
  add_keywords: ["keywords"],
  remove_keywords: ["keywords"],
  status: ["action"],
};

function followKind(form) {
  const kind = form.elements.kind;
  const show = () => {
    for (const part of form.querySelectorAll("[data-field]")) {
      const name = part.dataset.field;
      part.hidden = name !== "kind" && !FIELDS[kind.value].includes(name);
    }
  };
  kind.addEventListener("change", show);
  show();
}

async function goOn(form) {
  const progress = form.querySelector("progress");
  const status = form.querySelector("[role=status]");
  form.querySelector("button").hidden = true;
  for (;;) {
    const response = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    });
    if (!response.ok) throw new Error(response.status);
    const { done, total, is_working: isWorking } = await response.json();
    progress.value = done;
    status.textContent = status.dataset.text.replace("%(done)s", done).replace("%(total)s", total);
    if (!isWorking) break;
  }
  location.reload();
}

const choosing = document.querySelector("[data-kinds]");
if (choosing) followKind(choosing);
const working = document.querySelector("[data-advance]");
if (working) {
  // Without an answer the button is there to go on with.
  goOn(working).catch(() => { working.querySelector("button").hidden = false; });
}
