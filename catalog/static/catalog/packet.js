"use strict";

// The reader's own packet: the query of its link, kept in this browser and nowhere else. Without this
// script, "Add to packet" leads to a packet with that one item.

{
  const KEY = "packet"; // in localStorage
  const CHANGE = "packet-change"; // in sessionStorage: what the page was left for, to change it
  const link = document.getElementById("packet-link");
  const words = link.dataset;

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
    // The page of the packet says what does not fit.
    if (!there && codes.length >= words.most) return location.assign(address(`?${query}&add=${code}`));
    const others = there ? codes.filter((other) => other !== code) : [...codes, code];
    if (others.length) query.set("items", others.join("."));
    else query.delete("items");
    if (there) query.delete(`note-${code}`);
    keep(String(query) && `?${query}`);
    announce(count(others.length));
  }

  // ---- The page of a packet ----

  // Whether what is shown is the packet of this browser, or what a change on its page made of it.
  function isMine(query) {
    const change = sessionStorage.getItem(CHANGE);
    return [kept(), change].some((known) => known !== null && same(location.search, known))
      || same(query, kept());
  }

  function packetPage(form) {
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
    else offer(query, () => { mine = true; });
    if (!asked.get("q")) history.replaceState(null, "", address(query) + location.hash);

    const leave = (change) => { if (mine) sessionStorage.setItem(CHANGE, change); };
    form.addEventListener("submit", ({ submitter }) => {
      leave(parsed(new FormData(form, submitter)));
    });
    document.querySelector(".done a")?.addEventListener("click", ({ target }) => leave(target.search));
    const done = [...document.querySelectorAll(".done")].map((sentence) => sentence.textContent);
    if (done.length) announce(done.join(" "));
  }

  function offer(query, taken) {
    const box = document.getElementById("other"), open = box.querySelector("a");
    box.hidden = !query;
    open.hidden = !kept();
    open.search = kept();
    box.querySelector("button").addEventListener("click", () => {
      const total = codesOf(kept()).length;
      const ask = total === 1 ? box.dataset.askOne : box.dataset.ask.replace("#", total);
      if (total && !confirm(ask)) return;
      keep(query);
      taken();
      box.hidden = true;
      document.getElementById("main").focus();
      announce(box.dataset.kept);
    });
  }

  function handOn() {
    const copy = document.getElementById("copy"), print = document.getElementById("print");
    if (!copy) return;
    copy.hidden = print.hidden = false;
    print.addEventListener("click", () => window.print());
    copy.addEventListener("click", async () => {
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

  function start() {
    const form = document.getElementById("packet-form");
    dress();
    if (form) packetPage(form);
    else sessionStorage.removeItem(CHANGE);
    document.addEventListener("click", ({ target }) => {
      const button = target.closest("button.packet-button");
      if (button) toggle(button.value);
    });
    // The lists of results are put in anew as they are narrowed.
    new MutationObserver(dress).observe(document.getElementById("main"), { childList: true });
    window.addEventListener("storage", refresh);
    window.addEventListener("pageshow", refresh);
  }

  // Where a browser keeps nothing, the links and forms are there all the same.
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
