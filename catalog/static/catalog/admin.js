"use strict";

// The rich text editor puts its base style into the page, which the site's policy forbids, unless
// there is one already. This element is none, but is found; the rules are in admin.css.
const placeholder = document.createElementNS("", "style");
placeholder.setAttribute("data-tiptap-style", "");
document.head.append(placeholder);

function plain(label) {
  return label.textContent.replace(":", "").trim();
}

// The field that people write rich text in is not the one its label is for.
document.addEventListener("prose-editor:ready", (event) => {
  const { editor, textarea } = event.detail;
  const label = textarea.closest(".form-row").querySelector("label");
  editor.view.dom.setAttribute("aria-label", plain(label));
  editor.view.dom.setAttribute("aria-multiline", "true");
});

// Nor is the field that suggestions are typed into.
function nameSuggestions() {
  document.querySelectorAll("select.admin-autocomplete").forEach((select) => {
    const label = document.querySelector(`label[for="${select.id}"]`);
    select.parentElement.querySelectorAll(".select2-search__field, .select2-selection--single")
      .forEach((box) => { if (label) box.setAttribute("aria-label", plain(label)); });
  });
}

// A list of suggestions completes one word; tags are several, with commas between them.
function suggestTags(input) {
  const known = Array.from(document.getElementById(input.getAttribute("list")).options);
  const names = known.map((option) => option.value);
  input.addEventListener("input", () => {
    const before = input.value.replace(/[^,;]*$/, "");
    const start = before && `${before.trimEnd()} `;
    known.forEach((option, place) => { option.value = start + names[place]; });
  });
}

// A link away from a form in which something was written asks first.
function guard(form) {
  let written = false;
  form.addEventListener("input", () => { written = true; });
  form.addEventListener("submit", () => { written = false; });
  window.addEventListener("beforeunload", (event) => {
    if (written) event.preventDefault();
  });
}

// A click on the picture says what has to stay in view where it is cut to fit.
function chooseFocus(picture) {
  const fields = ["x", "y"].map((axis) => document.getElementById(`id_focus_${axis}`));
  if (fields.includes(null)) return;
  const [frame, mark] = [document.createElement("span"), document.createElement("span")];
  frame.className = "focus-frame";
  mark.className = "focus-mark";
  picture.replaceWith(frame);
  frame.append(picture, mark);
  const show = () => {
    [mark.style.left, mark.style.top] = fields.map((field) => `${field.value}%`);
  };
  picture.addEventListener("click", ({ offsetX, offsetY }) => {
    const shares = [offsetX / picture.clientWidth, offsetY / picture.clientHeight];
    shares.forEach((share, place) => { fields[place].value = 10 * Math.round(10 * share); });
    fields[0].dispatchEvent(new Event("input", { bubbles: true }));
    show();
  });
  fields.forEach((field) => field.addEventListener("input", show));
  show();
}

// Shows the progress of file jobs until they are done.
function watch(jobs) {
  const place = jobs.dataset.jobs;
  async function look() {
    if (!jobs.querySelector(".unfinished")) return;
    const response = await fetch(place).catch(() => null);
    if (response?.ok) {
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const now = page.querySelector("[data-jobs]");
      jobs.replaceWith(now);
      jobs = now;
    }
    setTimeout(look, 2000);
  }
  setTimeout(look, 2000);
}

window.addEventListener("load", nameSuggestions);
document.addEventListener("formset:added", () => setTimeout(nameSuggestions));
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("input[list]").forEach(suggestTags);
  document.querySelectorAll("[data-jobs]").forEach(watch);
  document.querySelectorAll("img.file-picture").forEach(chooseFocus);
  document.querySelectorAll(".change-form #content-main form").forEach(guard);
});
