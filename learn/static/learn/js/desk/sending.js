// What scripts send of the form.

/** All fields, as the form itself would send them. */
export function bodyOf(form) {
  const body = new URLSearchParams(new FormData(form));
  body.set("csrfmiddlewaretoken", tokenOf(form));
  return body;
}

/** The token that the site takes now: whoever signed in again in another tab has a new one. */
export function tokenOf(form) {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return cookie?.slice("csrftoken=".length) || form.elements.csrfmiddlewaretoken.value;
}
