// The actions below an answer, and the store that the other pages to study with share.

const MOST_SAVED = 500;
const started = new WeakSet();

// Storage may be full or forbidden: reading then gives the fallback, writing false.
export function read(key, fallback) {
  try {
    return JSON.parse(localStorage.getItem(`quicktakes.${key}`)) ?? fallback;
  } catch {
    return fallback;
  }
}

export function write(key, value) {
  try {
    localStorage.setItem(`quicktakes.${key}`, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

// The saved answers, newest first, whatever else the store may hold.
export function savedList() {
  const list = read("saved", []);
  if (!Array.isArray(list)) return [];
  return list.filter((entry) => typeof entry?.path === "string" && typeof entry.title === "string");
}

// Called with the click that loaded this module; from then on it listens for itself.
export function start(row, event) {
  if (started.has(row)) return;
  started.add(row);
  row.addEventListener("click", (next) => act(row, next));
  act(row, event);
}

const actions = {
  "copy-link": () => copy(canonical()),
  "copy-markdown": () => copy(fetchText(`${canonicalPath()}.md`)),
  save: (row) => save(row.dataset.uid),
};

async function act(row, event) {
  const button = event.target.closest("[data-action]");
  if (!button) return;
  const status = row.querySelector("[role=status]");
  try {
    await actions[button.dataset.action](row);
    status.textContent = button.dataset.done ?? row.dataset.copied;
  } catch {
    status.textContent = row.dataset.failed;
  }
}

function canonical() {
  return document.querySelector("link[rel=canonical]").href;
}

function canonicalPath() {
  return new URL(canonical()).pathname;
}

async function fetchText(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(response.statusText);
  return response.text();
}

// The text may be on its way yet: Safari wants to be asked at once, within the click.
function copy(text) {
  const blob = Promise.resolve(text).then((value) => new Blob([value], { type: "text/plain" }));
  return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}

function save(uid) {
  const entry = {
    uid,
    path: canonicalPath(),
    title: document.querySelector("h1").textContent,
    saved: new Date().toISOString().slice(0, 10),
  };
  const others = savedList().filter((other) => other.uid !== uid);
  if (!write("saved", [entry, ...others].slice(0, MOST_SAVED))) throw new Error("not stored");
}
