"use strict";

// The server renders every piece; this script only puts pieces in place and sends typed texts.

const connection = document.getElementById("connection");
const announcement = document.getElementById("announcement");
let since = document.body.dataset.since;
let source = null;

function localTimes(root) {
  const clock = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit" });
  const day = new Intl.DateTimeFormat("en-US", {
    weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit",
  });
  for (const time of root.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    time.textContent = ("day" in time.dataset ? day : clock).format(at);
    time.title = day.format(at);
  }
}

function nameZone() {
  const parts = new Intl.DateTimeFormat("en-US", { timeZoneName: "short" }).formatToParts();
  const zone = parts.find((part) => part.type === "timeZoneName");
  document.getElementById("zone").textContent = zone.value;
}

function toEnd(screen) {
  screen.scrollTop = screen.scrollHeight;
}

function isAtEnd(screen) {
  return screen.scrollHeight - screen.scrollTop - screen.clientHeight < 60;
}

// A screen that showed the newest text goes on showing it when answers to tap take its room.
const scrolledUp = new WeakSet();
const resized = new ResizeObserver((entries) => {
  for (const { target } of entries) if (!scrolledUp.has(target)) toEnd(target);
});

function follow(root) {
  for (const screen of root.querySelectorAll(".phone__screen")) {
    toEnd(screen);
    resized.observe(screen);
    screen.addEventListener("scroll", () => {
      if (isAtEnd(screen)) scrolledUp.delete(screen);
      else scrolledUp.add(screen);
    });
  }
}

function markFresh(before, after) {
  const known = new Set([...before.querySelectorAll("[data-number]")].map((li) => li.dataset.number));
  for (const item of after.querySelectorAll("[data-number]")) {
    if (!known.has(item.dataset.number)) item.classList.add("fresh");
  }
}

// Focus on a button that is replaced moves to its twin, or to the text field of the same phone.
function keepFocus(target, replace) {
  const focused = target.contains(document.activeElement) ? document.activeElement : null;
  replace();
  if (!focused) return;
  const twin = [...target.querySelectorAll("a, button, summary")]
    .find((element) => element.textContent === focused.textContent);
  const field = target.closest(".phone")?.querySelector("input");
  (twin || field)?.focus({ preventScroll: true });
}

function put(target, fresh) {
  if (target.dataset.markup === fresh.innerHTML) return;
  target.dataset.markup = fresh.innerHTML;
  const screen = target.closest(".phone__screen");
  const atEnd = screen && isAtEnd(screen);
  localTimes(fresh);
  markFresh(target, fresh);
  keepFocus(target, () => target.replaceChildren(...fresh.childNodes));
  if (atEnd) toEnd(screen);
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content;
}

// Phones without a text stand behind the others.
function placeFor(card, container) {
  const quiet = card.classList.contains("phone--quiet") ? null : container.querySelector(".phone--quiet");
  return quiet || container.querySelector(".empty");
}

// The first text brings a phone forward, unless somebody is typing on it: moving would end that.
function wake(shown, card, container) {
  const wakes = shown.classList.contains("phone--quiet") && !card.classList.contains("phone--quiet");
  shown.className = card.className;
  if (wakes && !shown.contains(document.activeElement)) {
    container.insertBefore(shown, placeFor(shown, container));
  }
}

function place(piece) {
  const content = parsed(piece.html);
  if (piece.part) {
    const wrapper = document.createElement("div");
    wrapper.append(content);
    const target = document.getElementById(piece.part);
    if (target) put(target, wrapper);
    return;
  }
  const card = content.firstElementChild;
  const container = document.getElementById(piece.into);
  const shown = document.getElementById(card.id);
  if (!shown) {
    localTimes(card);
    container.insertBefore(card, placeFor(card, container));
    follow(card);
    return;
  }
  wake(shown, card, container);
  for (const part of card.querySelectorAll("[data-part]")) {
    put(document.getElementById(part.id), part);
  }
}

function say(words) {
  if (words) announcement.textContent = words;
}

function show(state, words) {
  connection.dataset.state = state;
  connection.textContent = words;
}

function listen() {
  if (source) return;
  source = new EventSource(`/simulator/stream?since=${encodeURIComponent(since)}`);
  source.addEventListener("open", () => show("live", "Live: new texts appear by themselves"));
  source.addEventListener("changes", (event) => {
    const news = JSON.parse(event.data);
    since = news.since;
    news.pieces.forEach(place);
    say(news.news);
  });
  source.addEventListener("reload", () => location.reload());
  source.addEventListener("error", () => {
    show("lost", "Not connected, trying again");
    stop();
    setTimeout(listen, 2000);
  });
}

function stop() {
  source?.close();
  source = null;
}

async function sendTyped(event) {
  const form = event.target.closest("form[data-typed]");
  if (!form) return;
  event.preventDefault();
  const field = form.querySelector("input");
  const body = event.submitter?.value || field?.value.trim();
  if (!body) return;
  const number = form.action.split("/phones/")[1].split("/")[0];
  if (field) field.value = "";
  try {
    const answer = await fetch(`/simulator/phones/${number}/texts`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ body }),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const result = await answer.json();
    say(result.outcome === "answered" ? "Text sent." : "Text kept; the service did not take it yet.");
  } catch {
    if (field && !field.value) field.value = body;
    say("The text was not sent. Try again.");
  }
}

localTimes(document);
nameZone();
follow(document);
document.addEventListener("submit", sendTyped);
// A hidden tab gives its connection back: browsers keep only six open to one host.
document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
window.addEventListener("pagehide", stop);
listen();
