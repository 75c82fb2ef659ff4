// Leitner boxes: what a reader knows waits 1, 2, 4, 8, 16 days until it is due again.

const DAYS = [1, 2, 4, 8, 16];
const DAY = 24 * 60 * 60 * 1000;

const card = document.querySelector("[data-practice]");
const { read, write } = await import(card.dataset.module);
const { practice: set, uid } = card.dataset;

const boxes = () => read("practice", {});
const due = () => Object.entries(boxes()[set] ?? {})
  .filter(([other, { due: moment }]) => other !== uid && moment <= Date.now())
  .map(([other]) => other);
const reviewAddress = (other) => `${set}/practice?review=${other}`;

function grade(knew) {
  const all = boxes();
  const box = all[set]?.[uid]?.box ?? 0;
  const next = knew ? Math.min(box + 1, DAYS.length) : 1;
  const moment = Date.now() + (knew ? DAYS[next - 1] * DAY : 0);
  all[set] = { ...all[set], [uid]: { box: next, due: moment } };
  write("practice", all);
}

function showBox() {
  const entry = boxes()[set]?.[uid];
  const status = card.querySelector("[data-box]");
  if (entry) status.textContent = status.dataset.box.replace("%box", entry.box);
}

function showDue() {
  const waiting = due();
  const link = card.querySelector("[data-due]");
  link.parentElement.hidden = waiting.length === 0;
  if (waiting.length === 0) return;
  link.href = reviewAddress(waiting[0]);
  link.textContent = link.dataset.due.replace("%due", waiting.length);
}

card.addEventListener("click", (event) => {
  const link = event.target.closest("[data-grade]");
  if (!link) return;
  grade(link.dataset.grade === "knew");
  const [next] = due();
  if ("review" in card.dataset && next) link.href = reviewAddress(next);
});

showBox();
showDue();
