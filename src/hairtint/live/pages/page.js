"use strict";

const at = (id) => document.getElementById(id);
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const LOST = "The connection is lost; trying again.";
const LONGEST = 20000; // milliseconds: the server waits 5 s for a frame, and gives up one that takes 10 s to send
const notes = { picture: "", choice: "", trouble: "" }; // the first there is, is shown
let touched = 0; // when the viewer last moved something: until the answer is here, the server's state is older

function note(about, text) {
  notes[about] = text;
  at("note").textContent = notes.picture || notes.choice || notes.trouble;
}

async function send(choice) {
  touched = Date.now();
  const answer = await fetch("commands", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(choice),
  }).catch(() => null);
  note("choice", answer?.ok ? "" : answer ? await answer.text() : LOST);
}

function swatches(dyes) {
  for (const family of new Set(dyes.map((dye) => dye.family))) {
    const title = document.createElement("h2");
    const grid = document.createElement("div");
    title.textContent = family;
    grid.className = "dyes";
    for (const dye of dyes.filter((one) => one.family === family)) {
      const button = document.createElement("button");
      button.type = "button";
      button.title = dye.name;
      button.dataset.hex = dye.hex;
      button.style.backgroundColor = dye.hex;
      button.setAttribute("aria-label", dye.name);
      button.addEventListener("click", () => { press(dye.hex); send({ color: dye.hex }); });
      grid.append(button);
    }
    at("dyes").append(title, grid);
  }
}

function press(hex) {
  for (const button of at("dyes").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.hex === hex));
  }
  if (hex) at("any").value = hex;
}

function strength(value) {
  at("strength").value = value;
  at("percent").textContent = `${Math.round(value * 100)} %`;
}

function show(state) {
  if (!at("dyes").children.length) swatches(state.dyes);
  note("trouble", state.trouble ?? "");
  if (Date.now() - touched < 1500) return;
  press(state.color);
  strength(state.strength);
  at("mask").setAttribute("aria-pressed", String(state.mask));
}

async function follow() {
  for (;;) {
    const answer = document.hidden ? null : await fetch("state").catch(() => null);
    if (answer?.ok) show(await answer.json());
    await wait(2000);
  }
}

function draw(jpeg) {
  const picture = at("picture");
  URL.revokeObjectURL(picture.src);
  return new Promise((done) => {
    picture.onload = picture.onerror = done;
    picture.src = URL.createObjectURL(jpeg);
  });
}

async function watch() {
  for (let seen = 0; ;) {
    try {
      const answer = await fetch(`frame.jpg?after=${seen}`, { signal: AbortSignal.timeout(LONGEST) });
      note("picture", answer.ok ? "" : await answer.text());
      if (answer.ok) {
        await draw(await answer.blob());
        seen = answer.headers.get("Frame-Number");
        continue;
      }
    } catch {
      note("picture", LOST);
    }
    await wait(2000);
  }
}

at("strength").addEventListener("input", (event) => {
  strength(Number(event.target.value));
  send({ strength: Number(event.target.value) });
});
at("any").addEventListener("input", (event) => { press(event.target.value); send({ color: event.target.value }); });
at("mask").addEventListener("click", (event) => {
  const on = event.target.getAttribute("aria-pressed") !== "true";
  event.target.setAttribute("aria-pressed", String(on));
  send({ mask: on });
});
watch();
follow();
