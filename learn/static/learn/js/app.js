// What a reader gains with JavaScript; every page is complete without it.

// --- colours and text size, kept in this browser
const root = document.documentElement;

function kept(name) {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return ""; // storage is switched off: the choice lasts for this page
  }
}

function choose(name, value) {
  if (value) root.dataset[name] = value;
  else delete root.dataset[name];
}

for (const name of ["theme", "size"]) choose(name, kept(name));

addEventListener("change", ({ target }) => {
  if (!target.matches?.(".appearance input")) return;
  choose(target.name, target.value);
  try {
    localStorage.setItem(target.name, target.value);
  } catch {
    // see above
  }
});

// --- parts that need JavaScript
for (const input of document.querySelectorAll(".appearance input")) {
  input.checked = input.value === kept(input.name);
}
for (const element of document.querySelectorAll("[data-enhanced][hidden]")) element.hidden = false;

// --- parts that are fetched when somebody uses them
addEventListener("focusin", async ({ target }) => {
  if (!target.matches?.("input[data-suggest]") || target.dataset.suggest === "attached") return;
  target.dataset.suggest = "attached";
  const { attach } = await import(target.form.dataset.suggestModule);
  attach(target);
});

const started = new WeakSet();
addEventListener("click", async (event) => {
  const element = event.target.closest?.("[data-study]");
  if (!element || started.has(element)) return;
  started.add(element);
  const { start } = await import(element.dataset.studyModule);
  start(element, event);
});
