"use strict";

// The reader's own packet. Only this browser keeps it, as the query of its link. Without this script,
// "Add to packet" leads to a packet with that one item.

{
  const KEY = "packet"; // in localStorage
  const CHANGE = "packet-change"; // in sessionStorage: the change that the reader left the page for
  const link = document.getElementById("packet-link");
  const words = link.dataset;
  const form = document.getElementById("packet-form");
  let typed = () => {}; // gets the query after the reader types a title or a note

  const parsed = (query) => new URLSearchParams(query);
  const kept = () => localStorage.getItem(KEY) ?? "";
  const codesOf = (query) => parsed(query).get("items")?.split(".") ?? [];
  const same = (one, other) => String(parsed(one)) === String(parsed(other));
  const address = (query) => link.pathname + query;

  function keep(query) {
    if (query) localStorage.setItem(KEY, query);
    else localStorage.removeItem(KEY);
    refresh();
  }

  function count(total) {
    if (total === 1) return words.one;
    return total ? words.many.replace("#", total) : words.none;
  }

  // ---- The header and the buttons at entries ----

  function refresh() {
    const query = kept(), codes = codesOf(query);
    link.search = query;
    link.querySelector("span").textContent = codes.length ? ` (${codes.length})` : "";
    for (const button of document.querySelectorAll("button.packet-button")) {
      const there = codes.includes(button.value);
      button.setAttribute("aria-pressed", there);
      button.querySelector(".words").textContent = there ? words.in : words.add;
    }
  }

  function dress() {
    for (const plain of document.querySelectorAll("a.packet-button")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = plain.className;
      button.value = parsed(plain.search).get("add");
      button.append(...plain.childNodes);
      plain.replaceWith(button);
    }
    refresh();
  }

  function toggle(code) {
    const query = parsed(kept()), codes = codesOf(query), there = codes.includes(code);
    // The packet page says what does not fit.
    if (!there && codes.length >= words.most) return location.assign(address(`?${query}&add=${code}`));
    const others = there ? codes.filter((other) => other !== code) : [...codes, code];
    if (others.length) query.set("items", others.join("."));
    else query.delete("items");
    if (there) query.delete(`note-${code}`);
    keep(String(query) && `?${query}`);
    announce(count(others.length));
  }

  // ---- The page of a packet ----

  // Whether the page shows the packet of this browser, or this packet after a change on its page.
  function isMine(query) {
    const change = sessionStorage.getItem(CHANGE);
    return [kept(), change].some((known) => known !== null && same(location.search, known))
      || same(query, kept());
  }

  function packetPage() {
    const query = form.dataset.query, asked = parsed(location.search);
    if (kept() && [...asked.keys()].every((name) => name === "add")) {
      const change = `${kept()}${asked.size ? `&${asked}` : ""}`;
      sessionStorage.setItem(CHANGE, change);
      return location.replace(address(change));
    }
    const adds = asked.has("add") && !asked.has("items");
    let mine = isMine(query) || (adds && !kept());
    sessionStorage.removeItem(CHANGE);
    if (mine) keep(query);
    else offer(() => { mine = true; });
    if (!asked.get("q")) history.replaceState(null, "", address(query) + location.hash);

    typed = (changed) => { if (mine) keep(changed); };
    const leave = (change) => { if (mine) sessionStorage.setItem(CHANGE, change); };
    form.addEventListener("submit", ({ submitter }) => {
      leave(parsed(new FormData(form, submitter)));
    });
    document.querySelector(".done a")?.addEventListener("click", ({ target }) => leave(target.search));
    const done = [...document.querySelectorAll(".done")].map((sentence) => sentence.textContent);
    if (done.length) announce(done.join(" "));
  }

  function offer(taken) {
    const box = document.getElementById("shared-packet"), open = box.querySelector("a");
    box.hidden = !form.dataset.query;
    open.hidden = !kept();
    open.search = kept();
    box.querySelector("button").addEventListener("click", () => {
      const total = codesOf(kept()).length;
      const ask = total === 1 ? box.dataset.askOne : box.dataset.ask.replace("#", total);
      if (total && !confirm(ask)) return;
      keep(form.dataset.query);
      taken();
      box.hidden = true;
      document.getElementById("main").focus();
      announce(box.dataset.kept);
    });
  }

  function handOn() {
    const copy = document.getElementById("copy"), print = document.getElementById("print");
    if (!copy) return;
    const followed = follow();
    copy.hidden = print.hidden = false;
    print.addEventListener("click", async () => {
      await followed();
      window.print();
    });
    copy.addEventListener("click", async () => {
      await followed();
      const field = document.getElementById("packet-address");
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        copy.textContent = copy.dataset.done;
      } catch {
        copy.textContent = copy.dataset.undone;
      }
      announce(copy.textContent);
    });
  }

  // Updates the link, its code and the printed list while the reader types the title and the notes.
  // Returns a function that waits until they are up to date.
  function follow() {
    const PAUSE = 400; // ms without a key
    let timer = 0, latest = null, asking = Promise.resolve();

    async function ask() {
      const query = parsed(new FormData(form));
      query.delete("q");
      latest?.abort();
      latest = new AbortController();
      try {
        const { signal } = latest, response = await fetch(address(`?${query}`), { signal });
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        if (!signal.aborted && response.ok) show(page);
      } catch {
        // The reader can still choose "Update title and notes", which loads the whole page.
      }
    }

    function show(page) {
      const at = document.activeElement.id, query = page.getElementById("packet-form").dataset.query;
      for (const part of document.querySelectorAll("[data-follows]")) {
        part.replaceWith(page.getElementById(part.id));
      }
      if (document.activeElement.id !== at) document.getElementById(at).focus();
      form.dataset.query = query;
      if (!parsed(location.search).get("q")) history.replaceState(null, "", address(query) + location.hash);
      typed(query);
    }

    const now = () => {
      clearTimeout(timer);
      if (timer) asking = ask();
      timer = 0;
      return asking;
    };
    form.addEventListener("input", ({ target }) => {
      if (!/^title$|^note-/.test(target.name)) return;
      clearTimeout(timer);
      timer = setTimeout(now, PAUSE);
    });
    // A note is one line of text, even if it wraps on the screen. Enter sends the form.
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || !event.target.matches("textarea")) return;
      event.preventDefault();
      form.requestSubmit(document.getElementById("packet-update"));
    });
    return now;
  }

  function start() {
    dress();
    if (form) packetPage();
    else sessionStorage.removeItem(CHANGE);
    document.addEventListener("click", ({ target }) => {
      const button = target.closest("button.packet-button");
      if (button) toggle(button.value);
    });
    // Filters replace the list of results, and its buttons with it.
    new MutationObserver(dress).observe(document.getElementById("main"), { childList: true });
    window.addEventListener("storage", refresh);
    window.addEventListener("pageshow", refresh);
  }

  // In a browser that stores nothing, the links and forms still work.
  function keeps() {
    try {
      return localStorage.length + sessionStorage.length >= 0;
    } catch {
      return false;
    }
  }

  if (keeps()) start();
  handOn();
}
