// The answer's text area: a tool bar and keys for Markdown. Every change goes in as if it were
// typed, so that the browser's own undo takes it back. Tab is left alone: it leaves the field.

const INDENT = "  ";

export function attach(editor) {
  const area = editor.querySelector("textarea");
  for (const element of editor.querySelectorAll("[data-tools]")) element.hidden = false;
  attachTools(editor.querySelector("[role=toolbar]"), area);
  area.addEventListener("keydown", (event) => {
    const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.isComposing;
    if (!command || event.shiftKey) return;
    const act = {
      b: () => format(editor, area, "bold"),
      i: () => format(editor, area, "italic"),
      k: () => format(editor, area, "link"),
      m: () => format(editor, area, "formula"),
      "]": () => eachLine(area, (line) => (line ? INDENT + line : line)),
      "[": () => eachLine(area, (line) => line.replace(/^( {1,2}|\t)/, "")),
    }[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** Put text in the place of what is chosen, as typing would. */
export function insert(area, text, selectFrom = text.length, selectTo = selectFrom) {
  const start = area.selectionStart;
  area.focus({ preventScroll: true });
  // The only way that keeps the browser's history of what was typed.
  if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
    area.setRangeText(text, start, area.selectionEnd, "end");
    area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  area.setSelectionRange(start + selectFrom, start + selectTo);
}

/** Choose a line (from 1) and bring it into view. */
export function goToLine(area, number) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
  const height = area.scrollHeight / Math.max(lines.length, 1);
  area.scrollTop = Math.max(0, height * (number - 1) - area.clientHeight / 3);
  area.scrollIntoView({ block: "nearest" });
}

function attachTools(bar, area) {
  const buttons = [...bar.querySelectorAll("button")];
  // One stop for the Tab key; the arrows go from button to button.
  const rest = (chosen) => {
    for (const button of bar.querySelectorAll("button")) button.tabIndex = button === chosen ? 0 : -1;
  };
  rest(buttons[0]);
  bar.addEventListener("keydown", (event) => {
    const all = [...bar.querySelectorAll("button")];
    const at = all.indexOf(event.target);
    const to = {
      ArrowRight: (at + 1) % all.length,
      ArrowLeft: (at + all.length - 1) % all.length,
      Home: 0,
      End: all.length - 1,
    }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    rest(all[to]);
    all[to].focus();
  });
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-format]");
    if (!button) return;
    rest(button);
    format(bar.closest("[data-editor]"), area, button.dataset.format);
  });
}

function format(editor, area, name) {
  const sample = editor.querySelector(`[data-format=${name}]`).dataset.sample ?? "";
  const chosen = area.value.slice(area.selectionStart, area.selectionEnd);
  const act = {
    bold: () => wrap(area, "**", "**", sample),
    italic: () => wrap(area, "*", "*", sample),
    // The page's own heading is the question: an answer's begin with ###.
    heading: () => eachLine(area, (line) => lowered(line, sample)),
    list: () => eachLine(area, (line) => (/^\s*[-*+] /.test(line) ? line.replace(/[-*+] /, "") : `- ${line}`)),
    numbers: () => eachLine(area, (line, index) => `${index + 1}. ${line}`),
    link: () => link(area, chosen, sample),
    code: () => (chosen.includes("\n") ? block(area, "```\n", "\n```", chosen) : wrap(area, "`", "`", sample)),
    formula: () => (chosen.includes("\n") ? block(area, "$$\n", "\n$$", chosen) : wrap(area, "$", "$", "x^2")),
    table: () => table(area, sample),
  }[name];
  act();
}

function wrap(area, before, after, sample) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const chosen = value.slice(start, end);
  const isWrapped = value.slice(start - before.length, start) === before
    && value.slice(end, end + after.length) === after
    // `**` around what is chosen is no `*` around it
    && (before !== "*" || value[start - 2] !== "*");
  if (chosen && isWrapped) {
    area.setSelectionRange(start - before.length, end + after.length);
    insert(area, chosen, 0, chosen.length);
    return;
  }
  const text = chosen || sample;
  insert(area, before + text + after, before.length, before.length + text.length);
}

function link(area, chosen, sample) {
  const isAddress = /^(https?:\/\/|\/learn\/)\S+$/.test(chosen);
  const [text, address] = isAddress ? [sample, chosen] : [chosen || sample, "/learn/"];
  const whole = `[${text}](${address})`;
  if (isAddress || !chosen) insert(area, whole, 1, 1 + text.length);
  else insert(area, whole, text.length + 3, text.length + 3 + address.length);
}

/** A block on lines of its own. */
function block(area, before, after, chosen) {
  const from = area.value.slice(0, area.selectionStart);
  const lead = from === "" || from.endsWith("\n") ? "" : "\n";
  const follows = area.value.slice(area.selectionEnd);
  const tail = follows === "" || follows.startsWith("\n") ? "" : "\n";
  const start = lead.length + before.length;
  insert(area, lead + before + chosen + after + tail, start, start + chosen.length);
}

function table(area, sample) {
  const cells = `| ${sample} 1 | ${sample} 2 |\n| --- | --- |\n|  |  |`;
  const from = area.value.slice(0, area.selectionStart);
  const lead = from === "" || from.endsWith("\n\n") ? "" : from.endsWith("\n") ? "\n" : "\n\n";
  area.setSelectionRange(area.selectionStart, area.selectionStart);
  insert(area, `${lead}${cells}\n`, lead.length + 2, lead.length + 2 + sample.length + 2);
}

function lowered(line, sample) {
  const marks = /^(#{1,6}) +/.exec(line);
  if (!marks) return `### ${line || sample}`;
  return marks[1].length < 4 ? line.replace(/^#+/, "#".repeat(Math.max(3, marks[1].length) + (marks[1].length >= 3))) : line.replace(/^#+ +/, "");
}

/** Change each of the lines that are chosen, whole. */
function eachLine(area, change) {
  const { value } = area;
  const start = value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const last = Math.max(start, area.selectionEnd - (area.selectionEnd > start && value[area.selectionEnd - 1] === "\n"));
  const lineEnd = value.indexOf("\n", last);
  const end = lineEnd < 0 ? value.length : lineEnd;
  const text = value.slice(start, end).split("\n").map(change).join("\n");
  if (text === value.slice(start, end)) return;
  area.setSelectionRange(start, end);
  insert(area, text, 0, text.length);
}
