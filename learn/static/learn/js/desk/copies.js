// Copies of forms in this browser: written with every key, so that nothing but the browser can lose them.

export class Copies {
  constructor(person, question) {
    this.person = `quicktakes.draft/${person}/`;
    this.prefix = `${this.person}${question ?? "new"}/`;
  }

  // Whether it was kept: a browser may have no room, or refuse.
  keep(uid, copy) {
    try {
      localStorage.setItem(this.prefix + uid, JSON.stringify(copy));
      return true;
    } catch {
      return false;
    }
  }

  remove(uid) {
    try {
      localStorage.removeItem(this.prefix + uid);
    } catch {
      // Then there is none.
    }
  }

  // Those of forms that were saved, of whatever question: a saved form leads on to other pages.
  removeSaved(uids) {
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(this.person) && uids.includes(key.split("/").pop())) localStorage.removeItem(key);
      }
    } catch {
      // Then there are none.
    }
  }

  all() {
    const copies = [];
    try {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(this.prefix)) continue;
        const copy = parse(localStorage.getItem(key));
        if (copy?.values) copies.push({ ...copy, uid: key.slice(this.prefix.length), isHere: true });
      }
    } catch {
      // A browser that keeps nothing has nothing.
    }
    return copies;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
