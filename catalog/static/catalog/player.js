// A video page works without this script: it uses the browser's own player, and all times are links.
// With the script, times jump without a reload, chapters and transcript follow the video, readers can
// search the transcript, and buttons below the video add what some browsers' players lack.

const LEFT_ALONE = 5000; // milliseconds after a reader's last touch before the transcript scrolls
const PAUSE = 150; // milliseconds after the last key before it searches the transcript
const DONE = 3000; // milliseconds for which a button shows that it is done
const KEY_STEPS = { j: -10, l: 10, arrowleft: -5, arrowright: 5 }; // seconds

const region = document.getElementById("player");
const video = region?.querySelector("video");
const transcript = document.getElementById("transcript");
const still = matchMedia("(prefers-reduced-motion: reduce)");

function announce(text) {
  document.getElementById("announcement").textContent = text;
}

// Replaces the template of `part` with its content.
function unpack(part) {
  const template = part.querySelector("template");
  const content = template.content.cloneNode(true);
  template.replaceWith(content);
}

function clock(seconds) {
  const parts = [seconds / 3600, (seconds / 60) % 60, seconds % 60];
  const [hours, minutes, rest] = parts.map(Math.floor);
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

const secondOf = (place) => Number(place.dataset.begin);

// ---- Jumps ----

function inSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return top + bottom > 0 && top + bottom < 2 * innerHeight;
}

function play() {
  // Some browsers want a click on the video first. The video then waits at the right time.
  video.play().catch(() => {});
}

function jump(second) {
  video.currentTime = second;
  play();
  if (!inSight(video)) region.scrollIntoView();
}

function jumpOnClick(event) {
  const place = event.target.closest("[data-begin]");
  const modified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  const selecting = place && !place.href && !getSelection().isCollapsed;
  if (!place || modified || selecting) return;
  event.preventDefault();
  jump(secondOf(place));
}

// ---- Marks the current chapter and the current line of the transcript ----

function follow(places, reveal = () => {}) {
  const begins = places.map(secondOf);
  let current;

  // An address has whole seconds. A video that waits at one is at whatever begins within it.
  function second() {
    if (video.played.length) return video.currentTime + 0.01;
    return video.currentTime ? Math.floor(video.currentTime) + 0.999 : -1;
  }

  function update() {
    const now = second();
    let place = begins.length - 1;
    while (place >= 0 && begins[place] > now) place--;
    if (places[place] === current) return;
    current?.removeAttribute("aria-current");
    current = places[place];
    current?.setAttribute("aria-current", "true");
    if (current) reveal(current);
  }

  for (const event of ["timeupdate", "seeking", "play"]) video.addEventListener(event, update);
  update();
}

// Scrolls a box so that `element` is in its upper part. The page itself does not scroll.
function scrollInside(box, element) {
  const [outer, inner] = [box.getBoundingClientRect(), element.getBoundingClientRect()];
  const clear = outer.height / 6;
  if (inner.top > outer.top + clear && inner.bottom < outer.bottom - clear) return;
  const top = box.scrollTop + inner.top - outer.top - 2 * clear;
  box.scrollTo({ top, behavior: still.matches ? "auto" : "smooth" });
}

function scrollAlong(box) {
  let touched = -LEFT_ALONE;
  for (const event of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    box.addEventListener(event, () => { touched = performance.now(); }, { passive: true });
  }
  return (cue) => {
    if (!still.matches && performance.now() - touched > LEFT_ALONE) scrollInside(box, cue);
  };
}

// ---- Find in the transcript ----

// A regular expression for typed words. It matches across commas and line ends, with any quotes.
function pattern(typed) {
  const plain = typed.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const anyQuotes = plain.replace(/['‘’]/g, "['‘’]").replace(/["“”]/g, '["“”]');
  return new RegExp(anyQuotes.replace(/\s+/g, "[\\s\\p{P}]+"), "giu");
}

// Marks all matches in the text of `cues`, even across two cues.
// Returns a list of marks for each match.
function markAll(cues, wanted) {
  let text = "";
  const pieces = cues.map((cue) => {
    const [node, from] = [cue.firstChild, text.length];
    text += `${node.data} `;
    return { node, from, to: text.length - 1 };
  });
  // From the last match to the first: the starts of the text nodes stay the same.
  let last = pieces.length - 1;
  return [...text.matchAll(wanted)].reverse().map(({ index, 0: { length } }) => {
    const [end, marks] = [index + length, []];
    while (pieces[last].from >= end) last--;
    for (let n = last; n >= 0 && pieces[n].to > index; n--) {
      const { node, from, to } = pieces[n];
      marks.unshift(markOne(node, Math.max(index - from, 0), Math.min(end, to) - from));
    }
    return marks;
  }).reverse();
}

function markOne(node, from, to) {
  const [range, mark] = [document.createRange(), document.createElement("mark")];
  range.setStart(node, from);
  range.setEnd(node, to);
  range.surroundContents(mark);
  return mark;
}

function find(box) {
  unpack(transcript);
  const form = transcript.querySelector("form");
  const [input, output] = [form.querySelector("input"), form.querySelector("output")];
  const { previous, next, play } = form.elements;
  const cues = [...box.querySelectorAll(".words > span")];
  const fill = (words, facts) => words.replace(/{(\w+)}/g, (_, name) => facts[name]);
  let matches = [], place = 0, searched = "", timer = 0;

  function search() {
    clearTimeout(timer);
    if (input.value.trim() === searched) return false;
    searched = input.value.trim();
    for (const mark of box.querySelectorAll("mark")) mark.replaceWith(...mark.childNodes);
    cues.forEach((cue) => cue.normalize());
    matches = searched ? markAll(cues, pattern(searched)) : [];
    show(0);
    return true;
  }

  function show(number) {
    const total = matches.length;
    box.querySelectorAll("mark.current").forEach((mark) => mark.classList.remove("current"));
    previous.disabled = next.disabled = total < 2;
    if (play) play.hidden = !total;
    place = total && (number + total) % total;
    output.value = total ? fill(form.dataset.place, { place: place + 1, total }) : "";
    if (searched && !total) output.value = form.dataset.none;
    if (!total) return;
    matches[place].forEach((mark) => mark.classList.add("current"));
    scrollInside(box, matches[place][0]);
    if (play) play.textContent = fill(form.dataset.play, { time: clock(begin()) });
  }

  const begin = () => secondOf(matches[place][0].closest("[data-begin]"));

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.shiftKey) return;
    event.preventDefault();
    if (!search()) show(place - 1);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!search()) show(place + 1);
  });
  previous.addEventListener("click", () => show(place - 1));
  play?.addEventListener("click", () => jump(begin()));
}

// ---- The buttons below the video; each function returns what a key does ----

const isOn = (button) => button.getAttribute("aria-pressed") === "true";

function turn(button, on) {
  button.setAttribute("aria-pressed", on);
}

function trackOf(kind) {
  return video.querySelector(`track[kind="${kind}"]`).track;
}

// Captions show while the sound is off, until the reader decides.
function captions(button) {
  const track = trackOf("captions");
  const shown = () => track.mode === "showing";
  let decided = false;

  function show(on) {
    track.mode = on ? "showing" : "disabled";
    turn(button, on);
  }

  function whenSilent() {
    if (!decided && (video.muted || video.volume === 0)) show(true);
  }

  function decide() {
    decided = true;
    show(!shown());
    announce(shown() ? button.dataset.on : button.dataset.off);
  }

  turn(button, shown());
  button.addEventListener("click", decide);
  video.addEventListener("volumechange", whenSilent);
  // The browser's own menu can also turn captions on and off.
  video.textTracks.addEventListener("change", () => {
    if (shown() === isOn(button)) return;
    decided = !shown();
    turn(button, shown());
  });
  whenSilent();
  return decide;
}

function descriptions(button) {
  const [track, place] = [trackOf("descriptions"), region.querySelector(".description-text")];

  function tell() {
    const texts = [...(track.activeCues ?? [])].map((cue) => cue.getCueAsHTML().textContent);
    place.textContent = isOn(button) ? texts.join(" ") : "";
  }

  button.addEventListener("click", () => {
    turn(button, !isOn(button));
    track.mode = isOn(button) ? "hidden" : "disabled";
    place.hidden = !isOn(button);
    tell();
  });
  track.addEventListener("cuechange", tell);
}

function speed(select) {
  function show() {
    const rate = String(video.playbackRate);
    const known = [...select.options].some((option) => option.value === rate);
    if (!known) select.add(new Option(`${rate}×`, rate));
    select.value = rate;
  }

  function step(by) {
    show();  // the event of the step before may not have arrived yet
    const option = select.options[select.selectedIndex + by];
    if (!option) return;
    video.playbackRate = option.value;
    announce(option.text);
  }

  select.addEventListener("change", () => { video.playbackRate = select.value; });
  video.addEventListener("ratechange", show);
  return step;
}

function small(button) {
  if (!document.pictureInPictureEnabled) return button.remove();
  button.addEventListener("click", async () => {
    try {
      if (document.pictureInPictureElement) await document.exitPictureInPicture();
      else await video.requestPictureInPicture();
    } catch {
      // There is nothing to show before the video has loaded.
    }
  });
  video.addEventListener("enterpictureinpicture", () => turn(button, true));
  video.addEventListener("leavepictureinpicture", () => turn(button, false));
}

function linkAtThisMoment() {
  const link = new URL(location.pathname, location.origin);
  const second = Math.floor(video.currentTime);
  if (second) link.searchParams.set("t", second);
  link.hash = region.id;
  return link.href;
}

function copy(button) {
  const field = region.querySelector(".link-at-time");
  const { done, undone } = button.dataset;
  let timer = 0;

  button.addEventListener("click", async () => {
    const link = linkAtThisMoment();
    clearTimeout(timer);
    try {
      await navigator.clipboard.writeText(link);
      field.hidden = true;
      button.classList.add("done");
      timer = setTimeout(() => button.classList.remove("done"), DONE);
      announce(done.replace("#", clock(video.currentTime)));
    } catch {
      field.hidden = false;
      const input = field.querySelector("input");
      input.value = link;
      input.select();
      announce(undone);
    }
  });
}

function help(button) {
  const panel = document.getElementById(button.getAttribute("aria-controls"));
  button.addEventListener("click", () => {
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", !panel.hidden);
  });
  return panel.querySelector("input");
}

// ---- Keys ----

function skip(by) {
  const end = video.duration || Infinity;
  video.currentTime = Math.min(Math.max(video.currentTime + by, 0), end);
}

function toTenth(tenth) {
  if (video.duration) video.currentTime = video.duration * tenth / 10;
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else if (video.requestFullscreen) video.requestFullscreen().catch(() => {});
  else video.webkitEnterFullscreen?.();
}

function keys(listening, { toggleCaptions, stepSpeed }) {
  const once = {
    " ": () => (video.paused ? play() : video.pause()),
    k: () => once[" "](),
    m: () => { video.muted = !video.muted; },
    c: toggleCaptions,
    f: fullScreen,
    "<": () => stepSpeed(-1),
    ">": () => stepSpeed(1),
  };

  function actionOf({ key: pressed, target, repeat }) {
    const key = pressed.toLowerCase();
    // The space bar presses a button, and the player has its own keys for its own parts.
    if (key === " " && target.closest("button, summary, video")) return null;
    if (key.startsWith("arrow") && target === video) return null;
    if (key in KEY_STEPS) return () => skip(KEY_STEPS[key]);
    if (/^[0-9]$/.test(key)) return () => toTenth(key);
    return Object.hasOwn(once, key) && (repeat ? () => {} : once[key]);
  }

  function isOurs({ target }) {
    if (target.closest("input, select, textarea, [contenteditable]")) return false;
    if (target.closest("#player, #transcript")) return true;
    return target.matches("body, #main") && inSight(video);
  }

  document.addEventListener("keydown", (event) => {
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    const shifted = event.shiftKey && !"<>".includes(event.key);
    if (event.defaultPrevented || event.isComposing || modified || shifted) return;
    if (!listening.checked || !isOurs(event)) return;
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    action();
  });
}

// ---- The page ----

function saveData() {
  if (!navigator.connection?.saveData || video.preload === "none") return;
  video.preload = "none";
  if (transcript) region.before(transcript);
}

function start() {
  unpack(region);
  const tool = (name) => region.querySelector(`.player-controls [name="${name}"]`);
  const toggleCaptions = tool("captions") && captions(tool("captions"));
  if (tool("descriptions")) descriptions(tool("descriptions"));
  small(tool("small"));
  copy(tool("copy"));
  keys(help(tool("keys")), { toggleCaptions, stepSpeed: speed(tool("speed")) });
  follow([...region.querySelectorAll(".chapters a")]);
  document.addEventListener("click", jumpOnClick);
}

const box = transcript?.querySelector(".transcript-text");
if (video) {
  saveData();
  start();
}
if (box) find(box);
if (box && video) {
  transcript.classList.add("synced");
  follow([...box.querySelectorAll(".words > span")], scrollAlong(box));
}
