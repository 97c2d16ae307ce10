// Sends the page's forms without loading it anew, speaks answers, and listens where the browser can.
// Everything here is a comfort: without it the same forms load the same page.

"use strict";

const field = () => document.getElementById("sentence");
const part = (id, from = document) => from.getElementById(id);
let busy = false;
let recalled = 0;
let pause = 0;

// --- one page in place of another

function focusKept(replace) {
  const active = document.activeElement;
  const id = active && active.id;
  replace();
  if (id && document.activeElement !== active && part(id)) part(id).focus();
  else if (id && !document.contains(active)) field().focus();
}

function swap(page) {
  const before = turns();
  focusKept(() => {
    const open = new Set([...document.querySelectorAll("details[open]")].map((each) => each.id));
    for (const fresh of page.querySelectorAll("[data-part]")) {
      const old = part(fresh.id);
      if (!old || old.innerHTML === fresh.innerHTML) continue;
      old.replaceWith(document.adoptNode(fresh));
      for (const details of fresh.querySelectorAll("details")) details.open = open.has(details.id);
    }
  });
  document.title = page.title;
  const log = part("log");
  if (turns() === before) return;
  log.scrollTop = log.scrollHeight;
  recalled = 0;
  if (turns() > before) tell();
}

const turns = () => Number(part("log").dataset.turns);

async function load(address, options) {
  if (busy) return false;
  busy = true;
  part("log").setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { credentials: "same-origin", ...options });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    swap(new DOMParser().parseFromString(text, "text/html"));
    return true;
  } catch (error) {
    complain(`That did not work: ${error.message}. Is the server still running?`);
    return false;
  } finally {
    busy = false;
    part("log").removeAttribute("aria-busy");
  }
}

function complain(text) {
  const line = document.createElement("p");
  line.className = "notice wrong";
  line.setAttribute("role", "alert");
  line.textContent = text;
  part("told").replaceChildren(line);
}

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (submitter && submitter.hasAttribute("formaction")) return; // a download
  event.preventDefault();
  clearTimeout(pause);
  hush();
  const data = new URLSearchParams(new FormData(form, submitter));
  const done =
    form.method === "get"
      ? await load(`${form.action}?${data}`)
      : await load(form.action, { method: "POST", body: data });
  if (done && form.id === "say") field().value = "";
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-swap]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  load(link.href).then((done) => done && part("why-title").focus());
});

// --- answers, for the ear

function newest() {
  return document.querySelector(".turns > li:last-child .speech");
}

function tell() {
  const speech = newest();
  if (!speech) return;
  const status = part("answer-aloud");
  status.lang = speech.lang;
  status.textContent = speech.textContent;
  if ("speechSynthesis" in window && part("aloud").checked && !speech.classList.contains("silent")) {
    const voice = new SpeechSynthesisUtterance(speech.textContent);
    voice.lang = speech.lang;
    speechSynthesis.speak(voice);
  }
}

function hush() {
  if ("speechSynthesis" in window) speechSynthesis.cancel();
}

function remember(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(name);
    localStorage.setItem(name, value);
  } catch {
    // a browser that keeps nothing is fine
  }
  return null;
}

// --- words, from the mouth

const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
let hearing = null;

function listen() {
  if (hearing) {
    hearing.stop();
    return;
  }
  hush();
  hearing = new Recognition();
  hearing.lang = part("locale").value;
  hearing.interimResults = true;
  hearing.onresult = (event) => {
    const result = event.results[event.results.length - 1];
    field().value = result[0].transcript;
    if (result.isFinal) part("say").requestSubmit();
  };
  hearing.onerror = (event) => complain(`Nothing was heard: ${event.error}. Typing works as well.`);
  hearing.onend = () => {
    hearing = null;
    part("listen").setAttribute("aria-pressed", "false");
  };
  part("listen").setAttribute("aria-pressed", "true");
  hearing.start();
}

// --- keys, clock, start

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    hush();
    if (hearing) hearing.abort();
    field().focus();
  }
  if (event.key === "ArrowUp" && event.target === field() && (field().value === "" || recalled)) {
    const said = [...document.querySelectorAll(".said > :last-child")];
    if (recalled >= said.length) return;
    event.preventDefault();
    recalled += 1;
    field().value = said[said.length - recalled].textContent;
  }
});

document.addEventListener("input", (event) => {
  if (event.target !== field()) return;
  recalled = 0;
  clearTimeout(pause);
  pause = setTimeout(suggest, 200);
});

async function suggest() {
  const typed = field().value;
  const list = part("sentences");
  if (busy || !list) return;
  try {
    const answer = await fetch(`${list.dataset.source}?${new URLSearchParams({ typed })}`);
    if (!answer.ok || typed !== field().value) return;
    const options = (await answer.json()).map((each) => Object.assign(document.createElement("option"), { value: each }));
    part("sentences").replaceChildren(...options);
  } catch {
    // suggestions are a comfort; saying the sentence will tell if the server is gone
  }
}

function tick() {
  const now = part("now");
  if (!now) return;
  if (now.start === undefined) now.start = Number(now.dataset.seconds) * 1000 - performance.now();
  const minutes = Math.floor((now.start + performance.now()) / 60000) % 1440;
  const two = (number) => String(number).padStart(2, "0");
  const text = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  if (now.textContent !== text) now.textContent = text;
}

function reveal(need) {
  for (const each of document.querySelectorAll(`[data-needs="${need}"]`)) each.hidden = false;
}

reveal("script");
if ("speechSynthesis" in window) reveal("voice");
if (Recognition) reveal("recognition");
part("listen").addEventListener("click", listen);
part("aloud").checked = remember("restock-aloud") !== "no";
part("aloud").addEventListener("change", (event) => {
  remember("restock-aloud", event.target.checked ? "yes" : "no");
  hush();
});
setInterval(tick, 1000);
part("log").scrollTop = part("log").scrollHeight;
