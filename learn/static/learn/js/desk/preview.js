// The readers' page beside the form, in a frame without scripts. It is loaded once; after that only
// its main part is exchanged, so it neither flickers nor loses its place.

const OPEN = "quicktakes.desk.preview";
const PHONE = "quicktakes.desk.phone";

export function attach(panel, live, area) {
  const frame = panel.querySelector("iframe");
  const toggle = document.querySelector("[data-preview-toggle]");
  const phone = panel.querySelector("[data-phone]");
  const isOpen = () => !panel.hidden;

  const open = (wanted) => {
    panel.hidden = !wanted;
    document.body.classList.toggle("previewing", wanted);
    toggle.setAttribute("aria-expanded", String(wanted));
    remember(OPEN, wanted);
    if (wanted && !frame.hasAttribute("src")) frame.src = frame.dataset.src;
    else if (wanted) live.changed(0);
  };
  const narrow = (wanted) => {
    phone.setAttribute("aria-pressed", String(wanted));
    panel.classList.toggle("phone", wanted);
    remember(PHONE, wanted);
  };

  // Next to the text that it shows.
  document.querySelector("[data-beside-tools]")?.append(toggle.parentElement);
  toggle.hidden = false;
  toggle.addEventListener("click", () => open(!isOpen()));
  panel.querySelector("[data-close]").addEventListener("click", () => { open(false); toggle.focus(); });
  phone.addEventListener("click", () => narrow(phone.getAttribute("aria-pressed") !== "true"));
  let isLoaded = false;
  frame.addEventListener("load", () => {
    if (!frame.hasAttribute("src")) return;
    isLoaded = true;
    frame.contentDocument.addEventListener("click", (event) => follow(event, frame));
    if (area) keepTogether(area, frame);
    live.changed(0);
  });
  live.watch("page", (html) => show(frame.contentDocument, html), () => isOpen() && isLoaded);
  narrow(remembered(PHONE));
  if (remembered(OPEN)) open(true);
  return { toggle: () => open(!isOpen()) };
}

function show(page, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  page.title = fresh.title;
  page.documentElement.lang = fresh.documentElement.lang;
  page.querySelector("main").replaceWith(page.adoptNode(fresh.querySelector("main")));
  const known = new Set([...page.querySelectorAll("style")].map((style) => style.textContent));
  for (const style of fresh.querySelectorAll("style")) {
    if (!known.has(style.textContent)) page.head.append(page.adoptNode(style));
  }
}

// Links stay in the page or open beside the desk: the frame shows the preview only.
function follow(event, frame) {
  const link = event.target.closest("a[href]");
  if (!link) return;
  event.preventDefault();
  const target = link.getAttribute("href");
  if (target.startsWith("#")) frame.contentDocument.getElementById(decodeURIComponent(target.slice(1)))?.scrollIntoView();
  else window.open(link.href, "_blank", "noopener");
}

// Text area and page scroll together; whichever the pointer or the keyboard is in leads.
function keepTogether(area, frame) {
  const page = frame.contentWindow;
  let leads = area;
  for (const type of ["pointerenter", "focusin", "wheel", "keydown"]) {
    area.addEventListener(type, () => { leads = area; }, { passive: true });
    page.addEventListener(type, () => { leads = page; }, { passive: true });
  }
  page.document.documentElement.addEventListener("pointerenter", () => { leads = page; });
  const span = () => {
    const answer = page.document.getElementById("answer").getBoundingClientRect();
    const top = answer.top + page.scrollY;
    return { top, length: Math.max(answer.height - page.innerHeight, 1) };
  };
  area.addEventListener("scroll", () => {
    if (leads !== area) return;
    const part = area.scrollTop / Math.max(area.scrollHeight - area.clientHeight, 1);
    const { top, length } = span();
    page.scrollTo(0, part === 0 ? 0 : top + part * length);
  });
  page.addEventListener("scroll", () => {
    if (leads !== page) return;
    const { top, length } = span();
    const part = Math.min(Math.max((page.scrollY - top) / length, 0), 1);
    area.scrollTop = part * (area.scrollHeight - area.clientHeight);
  });
}

function remembered(name) {
  try {
    return localStorage.getItem(name) === "yes";
  } catch {
    return false; // storage is switched off
  }
}

function remember(name, wanted) {
  try {
    if (wanted) localStorage.setItem(name, "yes");
    else localStorage.removeItem(name);
  } catch {
    // see above
  }
}
