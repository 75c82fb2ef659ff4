// The list of saved answers: shown, exported and cleared in the browser.

const root = document.querySelector("[data-saved]");
const { savedList, write } = await import(root.dataset.module);
const find = (name) => root.querySelector(`[data-${name}]`);
const list = find("list");

function row(entry) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const address = new URL(entry.path, location.origin);
  // Only this site's own pages, whatever the storage holds.
  link.href = address.origin === location.origin ? address.pathname : "/";
  link.textContent = entry.title;
  const { contentLang } = list.dataset;
  if (contentLang) Object.assign(link, { lang: contentLang, dir: "auto" });
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = list.dataset.remove;
  button.setAttribute("aria-label", `${list.dataset.remove}: ${entry.title}`);
  button.addEventListener("click", () => {
    write("saved", savedList().filter(({ uid }) => uid !== entry.uid));
    show();
    (list.querySelector("button") ?? find("empty")).focus();
  });
  item.append(link, button);
  return item;
}

function show() {
  const saved = savedList();
  find("without").hidden = true;
  find("empty").hidden = saved.length > 0;
  find("full").hidden = saved.length === 0;
  find("count").textContent = saved.length;
  list.replaceChildren(...saved.map(row));
}

const formats = {
  json: [(saved) => JSON.stringify(saved, null, 2), "application/json"],
  md: [(saved) => saved.map(line).join("\n") + "\n", "text/markdown"],
};

function line({ title, path }) {
  return `- [${title.replace(/[\\[\]]/g, "\\$&")}](${new URL(path, location.origin)})`;
}

function download(kind) {
  const [text, type] = formats[kind];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text(savedList())], { type }));
  link.download = `saved-answers.${kind}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}

for (const button of root.querySelectorAll("[data-export]")) {
  button.addEventListener("click", () => download(button.dataset.export));
}

find("clear").addEventListener("click", () => {
  write("saved", []);
  show();
  const status = find("cleared");
  status.textContent = status.dataset.cleared;
});

find("deck").addEventListener("formdata", ({ formData }) => {
  for (const { uid } of savedList().slice(0, 500)) formData.append("uid", uid);
});

// Another tab may have saved something.
addEventListener("storage", show);
show();
