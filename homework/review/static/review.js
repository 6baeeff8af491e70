// The keys of the review page, and the promise that nothing typed is lost: see docs/graders.md.
"use strict";

const work = document.querySelector(".work");
const status = (text) => { const place = document.getElementById("status"); if (place) place.textContent = text; };
const waits = (card) => card.querySelector(".state").dataset.graded === "0";
const cards = () => [...document.querySelectorAll("article.card")];
const current = () => document.querySelector("article.current");
let here = "";
const draft = (key) => `homework-draft ${location.pathname} ${key}`;

function select(card, focus = true) {
  if (!card) return;
  current()?.classList.remove("current");
  card.classList.add("current");
  if (focus) { card.focus({ preventScroll: true }); card.scrollIntoView({ block: "nearest" }); }
  here = card.dataset.key;
  opened(here);
}

function step(by) {
  const all = cards();
  select(all[Math.min(all.length - 1, Math.max(0, all.indexOf(current()) + by))]);
}

function nextWaiting() {
  const all = cards(), at = all.indexOf(current());
  const mine = (card) => !work.dataset.grader || card.dataset.dealt === work.dataset.grader;
  const free = (card) => waits(card) && !card.dataset.open && mine(card);
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
  show(card);
  save(card);
}

// The score at once, until the server tells it: what Rubric.score computes.
function show(card) {
  const chosen = [...card.querySelectorAll("[name=item]:checked")], adjust = card.querySelector("[name=adjust]").value.trim();
  const points = chosen.map((box) => Number(box.dataset.points || 0));
  const sum = [Number(work.dataset.start), ...points, Number(adjust.replace(",", "."))].reduce((a, b) => a + b);
  const score = Math.min(Math.max(sum, 0), Number(work.dataset.max));
  if (!Number.isNaN(score)) card.querySelector(".score").textContent = chosen.length || adjust ? String(+score.toFixed(3)) : "–";
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
  if (event.target.matches("[name=item], [name=adjust]")) show(card);
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

// Saving changes the state of a card and nothing in its form, so what is chosen or typed meanwhile stays, and is sent next.
const marks = ({ verb, path }) => verb === "post" && path === `${work?.dataset.base}/mark`;
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (marks(detail.requestConfig)) detail.elt.closest("article").classList.add("unsaved");
  status("…");
});
document.addEventListener("htmx:afterRequest", ({ detail: { elt, xhr, successful, requestConfig } }) => {
  const card = marks(requestConfig) && document.getElementById(`answer-${requestConfig.parameters.key}`);
  if (successful) {
    status("saved");
    if (!card) return;
    card.classList.remove("unsaved");
    if (card.querySelector("textarea").value === requestConfig.parameters.free) sessionStorage.removeItem(draft(card.dataset.key));
  } else if (xhr.status === 409) status("conflict: not saved");
  else {
    const why = xhr.responseText?.slice(0, 200) || "the server cannot be reached";
    status(`not saved: ${why}`);
    if (card) tell(card, `Not saved: ${why}. What you chose and typed stays here.`);
  }
});
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (elt.matches("article.card") && elt.dataset.key === here) select(elt);
});

function tell(card, text) {
  const said = document.createElement("p"), again = document.createElement("button");
  said.textContent = `${text} `;
  Object.assign(again, { type: "button", className: "save", textContent: "Save" });
  said.append(again);
  card.classList.add("unsaved");
  card.querySelector(".conflict").replaceChildren(said);
}

if (work) {
  document.getElementById("keys").checked = localStorage.getItem("homework-keys") !== "off";
  for (const card of cards()) {
    const kept = sessionStorage.getItem(draft(card.dataset.key)), field = card.querySelector("textarea");
    if (kept !== null && kept !== field.value) {
      field.value = kept;
      tell(card, "A comment that was not saved is back in its field.");
    }
  }
  const at = sessionStorage.getItem("homework-at");
  select(cards().find((card) => card.dataset.key === at) || cards().find(waits) || cards()[0]);
  addEventListener("pagehide", () => { if (current()) sessionStorage.setItem("homework-at", current().dataset.key); });
}
