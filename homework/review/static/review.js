// The keys of the review page, and the promise that nothing typed is lost: see docs/graders.md.
"use strict";

const work = document.querySelector(".work");
const status = (text) => { const place = document.getElementById("status"); if (place) place.textContent = text; };
const cards = () => [...document.querySelectorAll("article.card")];
const current = () => document.querySelector("article.current");
const draft = (key) => `homework-draft ${location.pathname} ${key}`;

function select(card, focus = true) {
  if (!card) return;
  current()?.classList.remove("current");
  card.classList.add("current");
  if (focus) { card.focus({ preventScroll: true }); card.scrollIntoView({ block: "nearest" }); }
  opened(card.dataset.key);
}

function step(by) {
  const all = cards();
  select(all[Math.min(all.length - 1, Math.max(0, all.indexOf(current()) + by))]);
}

function nextWaiting() {
  const all = cards(), at = all.indexOf(current());
  const mine = (card) => !work.dataset.grader || card.dataset.dealt === work.dataset.grader;
  const free = (card) => card.dataset.graded === "0" && !card.dataset.open && mine(card);
  const found = [...all.slice(at + 1), ...all.slice(0, at)].find(free);
  if (found) select(found);
  else if (work.dataset.next) location.search = work.dataset.next;
  else {
    const mine = work.dataset.grader ? "Nothing of yours" : "Nothing";
    status(`${mine} waits on this page.${document.querySelector("a[rel=next]") ? " Press n for the next question." : ""}`);
  }
}

async function opened(key) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  try {
    const answer = await fetch(`${work.dataset.base}/open`, { method: "POST", headers, body: new URLSearchParams({ key }) });
    const { open } = await answer.json();
    for (const card of cards()) {
      const chip = card.querySelector(".other"), who = open[card.dataset.key];
      if (who) card.dataset.open = who; else delete card.dataset.open;
      chip.hidden = !who;
      chip.textContent = who ? `open: ${who}` : "";
    }
  } catch { /* who else is here is not needed to go on */ }
}

const save = (card) => card && htmx.trigger(card.querySelector("form"), "save");

function toggle(card, number) {
  const boxes = [...card.querySelectorAll("input[name=item]")];
  const none = boxes.pop(), box = number ? boxes[number - 1] : none;
  if (!box) return;
  box.checked = !box.checked;
  settle(box, boxes, none);
  save(card);
}

function settle(box, boxes, none) {
  if (!box.checked) return;
  if (box === none) boxes.forEach((other) => { other.checked = false; });
  else none.checked = false;
}

const typing = (element) => element.matches("textarea, select, input:not([type=checkbox])");

document.addEventListener("keydown", (event) => {
  if (!work || event.ctrlKey || event.metaKey || event.altKey) return;
  const card = current();
  if (event.key === "Escape" && event.target.closest("article")) {
    event.target.blur();
    save(card);
    card.focus({ preventScroll: true });
    return;
  }
  if (event.key === "Escape" && event.target !== document.body) card?.focus({ preventScroll: true });
  if (typing(event.target) || !document.getElementById("keys").checked) return;
  if (event.key === "Enter" && event.target.matches("button, a, summary")) return;
  if (/^[0-9]$/.test(event.key)) { if (card) toggle(card, Number(event.key)); }
  else if (event.key === "j" || event.key === "ArrowRight" || event.key === "s") step(1);
  else if (event.key === "k" || event.key === "ArrowLeft") step(-1);
  else if (event.key === "Enter") nextWaiting();
  else if (event.key === "n") document.querySelector("a[rel=next]")?.click();
  else if (event.key === "a") card?.querySelector(".all")?.click();
  else if (event.key === "c") card?.querySelector("textarea").focus();
  else if (event.key === "p") card?.querySelector("[name=adjust]").focus();
  else if (event.key === "f") card?.querySelector("[name=flagged]").click();
  else if (event.key === "u") document.getElementById("undo").click();
  else if (event.key === "/") { document.getElementById("bank").open = true; document.getElementById("search").focus(); }
  else if (event.key === "?") document.getElementById("help").open = !document.getElementById("help").open;
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const card = event.target.closest("article");
  if (card && card !== current()) select(card, false);
  if (event.target.matches(".save")) save(card);
  if (event.target.matches(".edit")) card.querySelector("textarea").focus();
  if (event.target.matches(".theirs")) sessionStorage.removeItem(draft(card.dataset.key));
  if (event.target.matches(".sentence") && current()) {
    const field = current().querySelector("textarea");
    field.value = [field.value.trim(), event.target.textContent].filter(Boolean).join("\n");
    keep(field);
    save(current());
  }
});

document.addEventListener("change", (event) => {
  if (event.target.id === "keys") localStorage.setItem("homework-keys", event.target.checked ? "" : "off");
  const card = event.target.closest("article");
  if (!card) return;
  if (event.target.name === "item") {
    const boxes = [...card.querySelectorAll("input[name=item]")];
    settle(event.target, boxes, boxes.pop());
  }
  if (event.target.matches("[type=checkbox], [name=adjust], [name=join]")) save(card);
});

function keep(field) {
  sessionStorage.setItem(draft(field.closest("article").dataset.key), field.value);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("article textarea")) keep(event.target);
  if (event.target.id === "search") {
    const words = event.target.value.toLowerCase();
    for (const one of document.querySelectorAll("#bank li")) one.hidden = !one.textContent.toLowerCase().includes(words);
  }
});

// What is chosen or typed while a request is on its way is sent after it; a failed request leaves the form as it is.
const sent = new Map();
function decided(card) {
  const data = new FormData(card.querySelector("form"));
  data.delete("version");
  return data;
}
const same = (a, b) => new URLSearchParams(a).toString() === new URLSearchParams(b).toString();
document.addEventListener("htmx:beforeRequest", (event) => {
  const card = event.detail.target;
  if (card?.matches?.("article.card")) sent.set(card.dataset.key, decided(card));
  status("…");
});
let swapped = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const card = event.detail.target;
  swapped = null;
  if (!card.matches?.("article.card") || event.detail.requestConfig.verb !== "post") {
    if (card.matches?.("article.card")) swapped = { key: card.dataset.key, current: true };
    return;
  }
  const key = card.dataset.key, now = decided(card);
  swapped = { key, current: card === current(), field: card.contains(document.activeElement) && document.activeElement.name };
  if (!same(now, sent.get(key))) swapped.now = now;
  else sessionStorage.removeItem(draft(key));
});
document.addEventListener("htmx:afterSettle", () => {
  const card = swapped && document.getElementById(`answer-${swapped.key}`);
  if (!card) return;
  const { now, field } = swapped;
  if (swapped.current) card.classList.add("current");
  if (now) {
    card.querySelector("[name=free]").value = now.get("free");
    card.querySelector("[name=adjust]").value = now.get("adjust");
    for (const box of card.querySelectorAll("[type=checkbox]")) box.checked = now.getAll(box.name).includes(box.value);
  }
  if (field && !card.contains(document.activeElement)) card.querySelector(`[name=${field}]`)?.focus({ preventScroll: true });
  else if (swapped.current && !card.contains(document.activeElement)) card.focus({ preventScroll: true });
  swapped = null;
  if (now) save(card);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { xhr, successful } = event.detail;
  if (successful) status("saved");
  else if (xhr?.status === 409) status("conflict: not saved");
  else status(`not saved: ${(xhr?.responseText || "no connection").slice(0, 200)}. Press Escape in the field, or Save, to try again.`);
});

if (work) {
  document.getElementById("keys").checked = localStorage.getItem("homework-keys") !== "off";
  for (const card of cards()) {
    const kept = sessionStorage.getItem(draft(card.dataset.key)), field = card.querySelector("textarea");
    if (kept !== null && kept !== field.value) { field.value = kept; status("A comment that was not saved is back in its field."); }
  }
  const at = sessionStorage.getItem("homework-at");
  select(cards().find((card) => card.dataset.key === at) || cards().find((card) => card.dataset.graded === "0") || cards()[0]);
  addEventListener("pagehide", () => { if (current()) sessionStorage.setItem("homework-at", current().dataset.key); });
}
