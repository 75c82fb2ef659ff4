// A field that hides the rows that do not hold its words.

export function attach(field) {
  const rows = [...document.getElementById(field.dataset.filter).children];
  const status = field.parentElement.querySelector("[role=status]");
  field.addEventListener("input", filter);
  // what was typed while this module was on its way
  filter();

  function filter() {
    const words = plain(field.value).split(/\s+/);
    for (const row of rows) {
      const text = plain(row.textContent);
      row.hidden = !words.every((word) => text.includes(word));
    }
    status.textContent = rows.every((row) => row.hidden) ? field.dataset.none : "";
  }
}

function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
