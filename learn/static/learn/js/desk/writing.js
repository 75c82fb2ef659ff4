// What helps to write an answer: each part is attached where its markup stands in the page.

import { attach as attachChecklist } from "./checklist.js";
import { attach as attachDuplicates } from "./duplicates.js";
import { attach as attachEditor } from "./editor.js";
import { Live } from "./live.js";
import { attach as attachPreview } from "./preview.js";
import { attach as attachSearchPreview } from "./search_preview.js";
import { attach as attachSharing } from "./sharing.js";
import { attach as attachShortcuts } from "./shortcuts.js";
import { attach as attachUploads } from "./uploads.js";

const form = document.querySelector("#question_form");
const editor = document.querySelector("[data-editor]");
const area = editor?.querySelector("textarea");
if (editor) {
  attachEditor(editor);
  attachUploads(editor);
}

const duplicates = document.querySelector("[data-duplicates]");
if (form && duplicates) attachDuplicates(duplicates, form.elements.title);

const status = document.querySelector("[data-live-status]");
if (form && status) {
  const live = new Live(form, status.dataset, status);
  const panels = {};
  const preview = document.querySelector("[data-preview]");
  if (preview) panels.preview = attachPreview(preview, live, area);
  const checklist = document.querySelector("[data-checklist]");
  if (checklist) panels.checklist = attachChecklist(checklist, live, form, area);
  const searchPreview = document.querySelector("[data-search-preview]");
  if (searchPreview) attachSearchPreview(searchPreview, live);
  const sharing = document.querySelector("[data-sharing]");
  if (sharing) attachSharing(sharing, form);
  const shortcuts = document.querySelector("[data-shortcuts]");
  if (shortcuts) attachShortcuts(shortcuts, form, area, panels);
  live.changed(0);
}
