// What a reader gains with JavaScript; every page is complete without it.

// --- colours, text size and keys, kept in this browser
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

for (const name of ["theme", "size", "keys"]) choose(name, kept(name));

addEventListener("change", ({ target }) => {
  if (!target.matches?.(".appearance select")) return;
  choose(target.name, target.value);
  try {
    localStorage.setItem(target.name, target.value);
  } catch {
    // see above
  }
});

// --- parts that need JavaScript
for (const select of document.querySelectorAll(".appearance select")) select.value = kept(select.name);
for (const element of document.querySelectorAll("[data-enhanced][hidden]")) element.hidden = false;

// --- keys: / leads to the search field, ? to the page that explains them and switches them off
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || root.dataset.keys === "off") return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  const [selector, act] = {
    "/": ["[type=search]", (field) => field.select()],
    "?": ["[data-help]", (link) => location.assign(`${link.href}#keys`)],
  }[event.key] ?? [];
  const element = selector && document.querySelector(selector);
  if (!element) return;
  event.preventDefault();
  act(element);
});

// --- a button to copy each block of code; it lies over the block's corner, so nothing moves
const labels = document.querySelector("[data-copy]")?.dataset;
for (const block of labels ? document.querySelectorAll("pre.code") : []) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = labels.copy;
  button.setAttribute("aria-label", `${labels.copy}: ${block.getAttribute("aria-label")}`);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source(block));
    button.textContent = labels.copied;
    setTimeout(() => { button.textContent = labels.copy; }, 2000);
  });
  const frame = document.createElement("div");
  frame.className = "copyable";
  block.replaceWith(frame);
  frame.append(block, button);
}

// Without the prompts of a console.
function source(block) {
  const code = block.querySelector("code").cloneNode(true);
  for (const prompt of code.querySelectorAll(".gp")) prompt.remove();
  return code.textContent;
}

// --- parts that are fetched when somebody uses them
const started = new WeakSet();
addEventListener("focusin", async ({ target }) => {
  if (!target.matches?.("[data-suggest], [data-filter]") || started.has(target)) return;
  started.add(target);
  const { attach } = await import(target.dataset.filterModule ?? target.form.dataset.suggestModule);
  attach(target);
});

addEventListener("click", async (event) => {
  const element = event.target.closest?.("[data-study]");
  if (!element || started.has(element)) return;
  started.add(element);
  const { start } = await import(element.dataset.studyModule);
  start(element, event);
});
