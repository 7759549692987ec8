"use strict";

// Every page works without this script. The script shows suggestions while a reader types a search.
// It updates a list without a reload when the filters, the order or the page change. It updates a
// team check in the same way.

const PAUSE = 120; // milliseconds after the last key before it asks for suggestions
const ABOUT_A_PAGE = 'meta[name="description"], link[rel="canonical"], link[rel="alternate"]';

// Screen readers read out what is put into this element. No script replaces the element.
function announce(text) {
  document.getElementById("announcement").textContent = text;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

// ---- Suggestions: an editable combobox, as the WAI-ARIA Authoring Practices describe it ----

function suggest(form) {
  const input = form.querySelector("input");
  const list = document.createElement("div");
  let active = null, timer = 0, request = null;

  set(list, { id: "suggestions", class: "suggestions", role: "listbox", hidden: "" });
  set(list, { "aria-label": form.dataset.name });
  form.append(list);
  // ARIA in HTML allows a combobox on a text field, but not on a search field.
  set(input, { type: "text", enterkeyhint: "search", role: "combobox" });
  set(input, { "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" });

  function forget() {
    clearTimeout(timer);
    request?.abort();
  }

  function activate(option) {
    active?.setAttribute("aria-selected", "false");
    active = option;
    if (!active) return input.removeAttribute("aria-activedescendant");
    active.setAttribute("aria-selected", "true");
    active.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", active.id);
  }

  function close() {
    forget();
    activate(null);
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    announce("");
  }

  function optionOf({ title, sort, address }, place) {
    const option = document.createElement("a");
    set(option, { id: `suggestion-${place}`, href: address, role: "option", tabindex: -1 });
    set(option, { "aria-selected": "false" });
    const [words, kind] = [document.createElement("span"), document.createElement("small")];
    words.textContent = title;
    kind.textContent = sort;
    option.append(words, " ", kind);
    return option;
  }

  // `place` is the place of the first active option; a negative one counts from the end.
  function open(suggestions, place) {
    const total = suggestions.length;
    if (!total) return close();
    activate(null);
    list.replaceChildren(...suggestions.map(optionOf));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    announce(total === 1 ? form.dataset.one : form.dataset.many.replace("#", total));
    if (place !== undefined) activate(list.children[(place + total) % total]);
  }

  async function ask(place) {
    forget();
    request = new AbortController();
    const { signal } = request;
    const query = new URLSearchParams({ q: input.value });
    try {
      const response = await fetch(`${form.dataset.suggestions}?${query}`, { signal });
      const { suggestions } = await response.json();
      if (!signal.aborted) open(suggestions, place);
    } catch {
      if (!signal.aborted) close();
    }
  }

  function step(by) {
    const options = [...list.children];
    const next = active ? options.indexOf(active) + by : Math.min(by, 0);
    activate(options.at(next % options.length));
  }

  function arrow(event, by) {
    event.preventDefault();
    if (list.hidden) ask(event.altKey ? undefined : Math.min(by, 0));
    else if (!event.altKey) step(by);
    else if (by < 0) close();
  }

  const keys = {
    ArrowDown: (event) => arrow(event, 1),
    ArrowUp: (event) => arrow(event, -1),
    ArrowLeft: () => activate(null),
    ArrowRight: () => activate(null),
    Home: () => activate(null),
    End: () => activate(null),
    Tab: close,
    Escape(event) {
      if (list.hidden) input.value = "";
      else event.preventDefault();
      close();
    },
    Enter(event) {
      if (!active) return forget();
      event.preventDefault();
      active.click();
    },
  };

  input.addEventListener("keydown", (event) => {
    if (!event.isComposing) keys[event.key]?.(event);
  });
  input.addEventListener("input", () => {
    forget();
    activate(null);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("blur", close);
  form.addEventListener("submit", close);
  list.addEventListener("click", close);
  // The field keeps the focus, so the list is still open when the reader lets go of the mouse button.
  list.addEventListener("mousedown", (event) => event.preventDefault());
}

// ---- Lists: filters, order, chips and pager in place ----

async function pageAt(address, signal) {
  const response = await fetch(address, { signal, headers: { Accept: "text/html" } });
  const html = response.headers.get("Content-Type")?.startsWith("text/html");
  if (!response.ok || response.redirected || !html) throw new Error("This is not a page.");
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!page.getElementById("browse")) throw new Error("This is not a list.");
  return page;
}

// The address that the server gives this form: its fields without the default values.
function addressOf(form) {
  const usual = form.elements.sort.options[0].value;
  const said = [...new FormData(form)].filter(
    ([name, value]) => value && !(name === "sort" && value === usual),
  );
  const query = new URLSearchParams(said);
  return said.length ? `${form.action}?${query}` : form.action;
}

function browse(main) {
  const narrow = matchMedia("(max-width: 58rem)");
  const part = (id) => document.getElementById(id);
  const here = () => location.href.split("#")[0];
  let shown = here(), request = null;

  const focus = (element) => element.focus({ preventScroll: true });

  // Finds the element of the new page that matches `old` on the page before.
  function counterpart(old) {
    const group = old.closest("details")?.id;
    const summary = group && part(group)?.querySelector("summary");
    if (old.matches("summary")) return summary;
    const { name, value, type } = old;
    const same = name && [...part("filters").elements].find(
      (other) => other.name === name && (type !== "checkbox" || other.value === value),
    );
    return same && !same.disabled ? same : summary;
  }

  function put(page) {
    const focused = main.contains(document.activeElement) ? document.activeElement : null;
    const unfolded = [...main.querySelectorAll("details[id]")].map(({ id, open }) => [id, open]);
    const [search, searched] = [part("search"), page.getElementById("search")];
    if (search.defaultValue !== searched.defaultValue) {
      search.value = search.defaultValue = searched.defaultValue;
    }
    document.title = page.title;
    document.head.querySelectorAll(ABOUT_A_PAGE).forEach((old) => old.remove());
    document.head.append(...page.head.querySelectorAll(ABOUT_A_PAGE));
    main.replaceChildren(...page.getElementById("main").childNodes);
    fit();
    for (const [id, open] of unfolded) if (part(id)) part(id).open = open;
    if (focused && focused !== main) focus(counterpart(focused) ?? part("count"));
  }

  async function show(address, { remember = true, lead = false } = {}) {
    request?.abort();
    request = new AbortController();
    const { signal } = request;
    part("browse").setAttribute("aria-busy", "true");
    try {
      const page = await pageAt(address, signal);
      if (signal.aborted) return;
      if (remember) history.pushState(null, "", address);
      shown = here();
      put(page);
      if (lead) {
        focus(part("count"));
        part("count").scrollIntoView({ block: "nearest" });
      }
      announce(part("count").textContent);
    } catch {
      if (signal.aborted) return;
      if (remember) location.assign(address);
      else location.reload();
    }
  }

  main.addEventListener("change", ({ target }) => {
    if (target.form?.id === "filters") show(addressOf(target.form));
  });
  main.addEventListener("submit", (event) => {
    if (event.target.id !== "filters") return;
    event.preventDefault();
    show(addressOf(event.target));
  });
  main.addEventListener("click", (event) => {
    const link = event.target.closest("#browse a[href]");
    const modified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || modified || link.origin + link.pathname !== part("filters").action) return;
    event.preventDefault();
    show(link.href, { lead: true });
  });
  window.addEventListener("popstate", () => {
    if (here() !== shown) show(here(), { remember: false });
  });
  // A reader who leaves while a list loads would come back to filters that do not match the list.
  window.addEventListener("pagehide", () => request?.abort());
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted && part("browse").matches("[aria-busy]")) location.reload();
  });

  const fit = () => { if (part("all-filters")) part("all-filters").open = !narrow.matches; };
  narrow.addEventListener("change", fit);
  fit();
  document.documentElement.classList.add("js");
}

// ---- Team check: each check mark updates the level at once; the address holds all answers ----

const KEPT = "team-check"; // the last answers in this browser, to continue later

function kept(query) {
  try {
    if (query) localStorage.setItem(KEPT, query);
    if (query === "") localStorage.removeItem(KEPT);
    return localStorage.getItem(KEPT);
  } catch {
    return null; // a browser that stores nothing
  }
}

function teamCheck(form) {
  let request = null;

  async function show() {
    request?.abort();
    request = new AbortController();
    const { signal } = request;
    const answers = new URLSearchParams(new FormData(form));
    try {
      const response = await fetch(`${form.action}?${answers}`, { signal });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const result = page.getElementById("result");
      if (signal.aborted || !response.ok || !result) return;
      history.replaceState(null, "", response.url);
      kept(location.search);
      document.title = page.title;
      document.getElementById("result").replaceWith(result);
      document.getElementById("resume").hidden = true;
      announce(result.querySelector("h2").textContent);
    } catch {
      // The button still loads the whole page.
    }
  }

  const resume = document.getElementById("resume");
  if (document.getElementById("share")) kept(location.search);
  else if (kept()) {
    resume.querySelector("a").search = kept();
    resume.hidden = false;
  }
  form.addEventListener("change", show);
}

document.querySelectorAll("form[data-suggestions]").forEach(suggest);
if (document.getElementById("browse")) browse(document.getElementById("main"));
if (document.getElementById("answers")) teamCheck(document.getElementById("answers"));
