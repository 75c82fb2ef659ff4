// The form of a question: starts each part that the page has, and fetches its module if need be.

import { start as drafts } from "./drafts.js";
import { start as place } from "./place.js";

// Here before the page is ready: what is typed must be kept even if the network goes at once.
const PARTS = { drafts, place };

for (const part of document.querySelectorAll("[data-desk-part]")) PARTS[part.dataset.deskPart](part);
for (const part of document.querySelectorAll("[data-desk-module]")) {
  import(part.dataset.deskModule).then((module) => module.start(part));
}
