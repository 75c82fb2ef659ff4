// What a form holds, by the names of its inputs, and how it is put back.

// Made anew with every page; the same text with another of these is the same text.
const OWN = new Set(["csrfmiddlewaretoken", "draft_uid"]);
const WITHOUT_VALUE = new Set(["submit", "button", "reset", "image", "file"]);

function inputs(form) {
  return [...form.elements].filter((input) => input.name && !input.disabled && !OWN.has(input.name)
    && !WITHOUT_VALUE.has(input.type) && !input.name.includes("__prefix__"));
}

function valueOf(input) {
  return input.type === "checkbox" ? (input.checked ? "on" : "") : input.value;
}

export function read(form) {
  const values = {};
  for (const input of inputs(form)) {
    if (input.type !== "radio" || input.checked) values[input.name] = valueOf(input);
  }
  return values;
}

// The names that a search offers values for know their labels only where they are chosen.
export function readLabels(form) {
  const labels = {};
  for (const input of inputs(form)) {
    if (input.matches("select.admin-autocomplete")) labels[input.name] = input.selectedOptions[0]?.text ?? "";
  }
  return labels;
}

// What a person would call the same text: the counters and the moment of opening aside.
export function isSame(one, other) {
  const texts = (values) => JSON.stringify(Object.entries(values)
    .filter(([name, value]) => value && !name.startsWith("opened_") && !name.endsWith("_FORMS"))
    .map(([name, value]) => [name, value.replaceAll("\r\n", "\n")])
    .sort());
  return texts(one) === texts(other);
}

function addRows(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const prefix = name.endsWith("-TOTAL_FORMS") && name.slice(0, -"-TOTAL_FORMS".length);
    const count = prefix && form.elements[name];
    const more = document.querySelector(`#${prefix}-group .add-row a`);
    while (count && more && Number(count.value) < Number(value)) {
      const before = count.value;
      more.click();
      if (count.value === before) break;
    }
  }
}

function put(input, value, label) {
  if (valueOf(input) === value) return;
  if (input.type === "checkbox") input.checked = value === "on";
  else if (input.type === "radio") input.checked = input.value === value;
  else {
    if (input.matches("select") && ![...input.options].some((option) => option.value === value)) {
      input.add(new Option(label || value, value));
    }
    input.value = value;
  }
  for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
}

// Puts values into the form; returns the names of texts that have no input in it.
export function write(form, values, labels = {}) {
  addRows(form, values);
  const left = [];
  for (const [name, value] of Object.entries(values)) {
    if (name.endsWith("_FORMS")) continue;
    const found = inputs(form).filter((input) => input.name === name);
    for (const input of found) put(input, value, labels[name]);
    if (!found.length && value) left.push(name);
  }
  return left;
}
