// After “Save and continue editing” the page stands where it stood, and the caret too.

const KEY = "quicktakes.place";

export function start(part) {
  const form = part.closest("form");
  const place = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  sessionStorage.removeItem(KEY);
  if (place?.address === location.pathname) restore(form, place);

  form.addEventListener("submit", (event) => {
    if (event.submitter?.name !== "_continue") return;
    // A link to a field, followed before, would move the next page to that field.
    if (location.hash) history.replaceState(null, "", location.pathname + location.search);
    sessionStorage.setItem(KEY, JSON.stringify(placeOf(form)));
  });
}

// The input that was typed in last; a click on a button takes the focus from it.
let last = null;
addEventListener("focusout", ({ target }) => { if (target.matches("input, textarea, select")) last = target; });

function placeOf(form) {
  const input = form.contains(document.activeElement) && document.activeElement.matches("textarea, input:not([type=submit])")
    ? document.activeElement : last;
  const place = { address: location.pathname, y: scrollY };
  if (!input?.name) return place;
  const { name, scrollTop, selectionStart: start, selectionEnd: end } = input;
  return { ...place, name, scrollTop, start, end, top: input.getBoundingClientRect().top };
}

function restore(form, { y, name, scrollTop, start, end, top }) {
  const input = name && form.elements[name];
  if (!input?.focus) return scrollTo(0, y);
  input.focus({ preventScroll: true });
  if (start !== null && start !== undefined) input.setSelectionRange(start, end);
  input.scrollTop = scrollTop;
  // By the input, as a message above may have moved everything.
  scrollBy(0, input.getBoundingClientRect().top - top);
}
