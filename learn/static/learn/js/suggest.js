// Suggestions as you type: a combobox with a list, by the ARIA Authoring Practices.

// Here and not in the pages' own sheets: who never types in the field need not fetch it.
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  .suggestions { position: absolute; inset: 100% 0 auto; z-index: 2; max-height: 70vh; margin: .25rem 0 0; padding: .25rem; overflow-y: auto; border: 1px solid var(--border); border-radius: .375rem; background: var(--bg); list-style: none }
  .suggestions li { padding: .6rem .5rem; border-radius: .25rem; line-height: 1.35; cursor: pointer }
  .suggestions [aria-selected="true"], .suggestions li:hover { background: var(--surface); outline: 2px solid var(--focus); outline-offset: -2px }
  .announced { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
`);
document.adoptedStyleSheets.push(sheet);

const WAIT = 120;
let lists = 0;

export function attach(input) {
  const list = document.createElement("ul");
  const status = document.createElement("span");
  let options = [], active = -1, timer = 0, request = null;

  list.id = `suggestions-${++lists}`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.ariaLabel);
  list.hidden = true;
  status.className = "announced";
  status.setAttribute("role", "status");
  input.after(list, status);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  function close() {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  }

  function choose(index) {
    options[active]?.setAttribute("aria-selected", "false");
    active = index;
    const option = options[active];
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }

  function show(suggestions) {
    options = suggestions.map(({ title, url, subject }, index) => {
      const option = document.createElement("li"), note = document.createElement("span");
      option.id = `${list.id}-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.url = url;
      note.className = "note";
      note.textContent = subject;
      option.append(title, " ", note);
      return option;
    });
    list.replaceChildren(...options);
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    const { suggestNone, suggestSome } = input.dataset;
    status.textContent = options.length ? `${options.length} ${suggestSome}` : suggestNone;
  }

  async function ask() {
    const text = input.value;
    request?.abort();
    if (!text.trim()) return close();
    request = new AbortController();
    try {
      const address = `${input.dataset.suggest}?${new URLSearchParams({ q: text })}`;
      const response = await fetch(address, { signal: request.signal });
      if (response.ok) show((await response.json()).suggestions);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && list.hidden) {
      event.preventDefault();
      ask();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      choose(active + 1 < options.length ? active + 1 : -1);
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      choose(active < 0 ? options.length - 1 : active - 1);
    } else if (event.key === "Enter" && options[active]) {
      event.preventDefault();
      location.assign(options[active].dataset.url);
    }
  });
  input.addEventListener("blur", close);
  // Before the field loses its focus, which would close the list.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.url);
  });
}
