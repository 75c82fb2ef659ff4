// Nothing typed is lost: each key is kept in this browser, and when the keys rest, as a draft on the server.

import { Copies } from "./copies.js";
import { isSame, read, readLabels, write } from "./values.js";

const REST = 2000;
const LONGEST_WAIT = 30000;

export function start(part) {
  const words = part.dataset;
  const form = part.closest("form");
  const data = JSON.parse(words.form);
  const uid = form.elements.draft_uid.value;
  const copies = new Copies(data.person, data.question);
  const problem = part.querySelector("[data-draft-problem]");
  const state = form.querySelector("[data-draft-state]");
  const banners = part.querySelector("[data-draft-banners]");
  // As text, to see at a glance whether anything was changed since.
  let seen = JSON.stringify(read(form)), sent = seen;
  let replaces = null, unanswered = 0, sending = false, stopped = false, failures = 0, timer = 0;

  function say(text, ...controls) {
    problem.replaceChildren(...(text ? [text, " ", ...controls] : []));
    problem.hidden = !text;
  }

  function button(text, act) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "button desk-quiet";
    element.textContent = text;
    element.addEventListener("click", act);
    return element;
  }

  function keep() {
    const values = read(form);
    seen = JSON.stringify(values);
    const copy = { at: new Date().toISOString(), values, labels: readLabels(form), replaces };
    state.textContent = copies.keep(uid, copy) ? (unanswered ? words.waiting : words.kept) : words.notKept;
  }

  function changed() {
    if (stopped || JSON.stringify(read(form)) === seen) return;
    keep();
    wait(REST);
  }

  function wait(time) {
    clearTimeout(timer);
    timer = setTimeout(send, time);
  }

  async function post(url, content) {
    return fetch(url, {
      method: "POST",
      // A login page is no answer.
      redirect: "manual",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token(form) },
      body: JSON.stringify(content),
    });
  }

  // One request at a time; what is typed meanwhile goes with the next.
  async function send() {
    if (sending || stopped || unanswered || seen === sent) return;
    sending = true;
    const going = seen;
    try {
      const values = JSON.parse(going);
      const response = await post(data.saveUrl, { uid, replaces, question: data.question, values });
      await take(response, going);
    } catch {
      fail(words.offline);
    }
    sending = false;
    if (!failures && seen !== sent) wait(REST);
  }

  function fail(text, ...controls) {
    failures += 1;
    say(text, ...controls);
    wait(Math.min(REST * 2 ** failures, LONGEST_WAIT));
  }

  async function take(response, going) {
    if (response.type === "opaqueredirect" || response.status === 401) {
      const link = document.createElement("a");
      Object.assign(link, { href: data.loginUrl, target: "_blank", textContent: words.logIn });
      return fail(words.loggedOut, link);
    }
    if (response.status === 409) {
      const { draft } = await response.json();
      stopped = true;
      return say(words.otherTab, button(words.takeOver, () => {
        [replaces, stopped, seen] = [draft, false, ""];
        changed();
        say("");
        send();
      }));
    }
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    const answer = isJson ? await response.json() : {};
    if (!response.ok) {
      return fail(response.status >= 500 ? words.offline : words.refused.replace("%s", answer.error ?? response.status));
    }
    failures = 0;
    sent = going;
    if (answer.done) return;
    replaces = null;
    const isNewer = answer.live && Number(form.elements.opened_version.value) !== answer.live.version;
    say(isNewer ? newer(answer.live) : "");
    if (seen === sent) state.textContent = words.saved.replace("%s", clock(answer.savedAt));
  }

  function newer({ version, by }) {
    return words.newer.replace("%(name)s", by || words.someone).replace("%(version)s", version);
  }

  // --- what an earlier form left

  function found() {
    const now = read(form);
    const own = data.drafts.find((draft) => draft.uid === uid);
    const drafts = data.drafts.filter((draft) => draft !== own);
    copies.removeSaved(data.savedForms);
    const here = copies.all().filter((copy) => copy.uid !== uid);
    const offers = [
      ...here.map((copy) => ({ ...copy, draft: drafts.find((draft) => draft.uid === copy.uid) })),
      ...drafts.filter((draft) => !here.some((copy) => copy.uid === draft.uid))
        .map((draft) => ({ ...draft, at: draft.savedAt, draft })),
    ];
    return offers.filter((offer) => {
      if (!isSame(offer.values, now)) return true;
      drop(offer);
      return false;
    }).sort((one, other) => other.at.localeCompare(one.at));
  }

  async function drop({ uid: dropped, draft }) {
    copies.remove(dropped);
    if (draft) await post(data.discardUrl, { draft }).catch(() => {});
  }

  function offer(found) {
    const banner = part.querySelector("template").content.firstElementChild.cloneNode(true);
    const act = (name) => banner.querySelector(`[data-act=${name}]`);
    const note = banner.querySelector("[data-note]");
    const tell = (text) => { note.textContent = text; note.hidden = !text; };
    const time = banner.querySelector("time");
    time.dateTime = found.at;
    time.textContent = clock(found.at);
    banner.querySelector("[data-where]").textContent = `(${found.isHere ? words.foundHere : words.foundDraft})`;
    banner.querySelector("[data-title]").textContent = data.question ? "" : found.values.title ?? "";
    const base = Number(found.values.opened_version);
    if (data.live && base && base !== data.live.version) tell(newer(data.live));

    function answered() {
      unanswered -= 1;
      if (!unanswered && seen !== sent) wait(0);
    }
    act("restore").addEventListener("click", () => {
      const left = write(form, found.values, found.labels);
      replaces = found.draft ?? replaces;
      keep();
      sent = "";
      if (left.length) {
        act("restore").hidden = true;
        tell(words.leftOver);
      } else {
        copies.remove(found.uid);
        banner.remove();
        form.elements.title?.focus({ preventScroll: true });
      }
      answered();
      wait(0);
    });
    act("compare")?.addEventListener("click", (event) => {
      event.currentTarget.value = JSON.stringify(found.values);
    });
    act("discard").addEventListener("click", () => {
      // Before this form writes a draft of its own.
      drop(found).then(answered);
      for (const name of ["restore", "discard"]) act(name).hidden = true;
      act("undo").hidden = false;
      act("undo").focus();
      tell(words.discarded);
    });
    act("undo").addEventListener("click", () => {
      copies.keep(found.uid, { ...found, draft: undefined, isHere: undefined });
      for (const name of ["restore", "discard"]) act(name).hidden = false;
      act("undo").hidden = true;
      act("restore").focus();
      tell("");
      found.draft = undefined;
      unanswered += 1;
    });
    unanswered += 1;
    banners.append(banner);
  }

  for (const one of found()) offer(one);
  if (data.isUnsaved || JSON.stringify(defaults(form)) !== seen) {
    // A form that was refused, or that the browser filled in again.
    sent = "";
    keep();
    wait(REST);
  }
  const compare = form.querySelector("[data-compare-form]");
  if (compare) {
    compare.hidden = false;
    compare.addEventListener("click", () => { compare.value = JSON.stringify(read(form)); });
  }
  for (const type of ["input", "change"]) form.addEventListener(type, changed);
  // Scripts that fill inputs in tell nobody.
  setInterval(changed, 1000);
  addEventListener("online", () => wait(0));
  addEventListener("focus", () => failures && wait(0));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") send();
  });
  form.addEventListener("submit", (event) => {
    changed();
    stopped = true;
    clearTimeout(timer);
    // A login in another tab has made a new one.
    form.elements.csrfmiddlewaretoken.value = token(form);
  });
  // Back from the page that the form was sent to.
  addEventListener("pageshow", (event) => { if (event.persisted) stopped = false; });
}

function token(form) {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? form.elements.csrfmiddlewaretoken.value;
}

function clock(moment) {
  const date = new Date(moment), language = document.documentElement.lang;
  const time = date.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday ? time : `${date.toLocaleDateString(language, { dateStyle: "medium" })}, ${time}`;
}

// What the form held when the server wrote it.
function defaults(form) {
  const values = read(form);
  for (const name of Object.keys(values)) {
    const input = form.elements[name];
    if (input.type === "checkbox") values[name] = input.defaultChecked ? "on" : "";
    else if ("defaultValue" in input) values[name] = input.defaultValue;
  }
  return values;
}
