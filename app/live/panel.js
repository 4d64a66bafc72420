// Readings of the live picture, with the tone and the alarm of sound.js, which stands before this.
const REPEAT_MS = 6000;

function flash(panel, name) {
  panel.classList.remove("lost", "won");
  void panel.offsetWidth; // restarts the animation
  panel.classList.add(name);
}

function hear(panel, state) {
  const now = performance.now();
  const was = panel.echolabState ?? "idle";
  panel.echolabState = state;
  if (state === "standard" && was !== "standard") {
    sound.standard();
    flash(panel, "won");
    panel.dataset.tones = Number(panel.dataset.tones ?? 0) + 1;
  } else if (state === "poor" && was === "standard") {
    sound.alarm();
    flash(panel, "lost");
    panel.dataset.alarms = Number(panel.dataset.alarms ?? 0) + 1;
    panel.echolabAlarm = now;
  } else if (state === "poor") {
    panel.echolabAlarm ??= now;
    if (now - panel.echolabAlarm > REPEAT_MS) {
      sound.alarm();
      panel.dataset.alarms = Number(panel.dataset.alarms ?? 0) + 1;
      panel.echolabAlarm = now;
    }
  } else if (state === "idle") {
    panel.echolabAlarm = undefined;
  }
}

function bars(holder, rows) {
  while (holder.children.length > rows.length) holder.lastChild.remove();
  rows.forEach((row, i) => {
    let bar = holder.children[i];
    if (!bar) {
      bar = document.createElement("div");
      bar.className = "bar";
      bar.innerHTML = '<span></span><div class="track"><div class="fill"></div></div><span></span>';
      holder.append(bar);
    }
    bar.title = row.name;
    bar.firstChild.textContent = row.code;
    bar.querySelector(".fill").style.width = `${100 * row.p}%`;
    bar.lastChild.textContent = `${Math.round(100 * row.p)} %`;
  });
}

// Key R, also while the streamer's own frame has the focus, as it has after START.
const heard = new WeakMap();
let record = null;

function onKey(event) {
  const typing = event.target?.closest?.("input, textarea, select, [contenteditable=true]");
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
  if (event.key?.toLowerCase() !== "r" || !plain || (typing && typing.type !== "range")) return;
  event.stopImmediatePropagation(); // Streamlit's own R runs the page again
  event.preventDefault();
  record?.();
}

function listen() {
  const windows = [window];
  for (const frame of document.querySelectorAll("iframe")) {
    try {
      if (frame.contentDocument) windows.push(frame.contentWindow);
    } catch { /* a frame of another origin keeps its keys */ }
  }
  for (const target of windows) {
    if (heard.get(target) === target.document) continue;
    target.addEventListener("keydown", onKey, true);
    heard.set(target, target.document);
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  record = data.records ? () => setTriggerValue("record", Date.now()) : null;
  listen();
  const find = (name) => parentElement.querySelector(name);
  const panel = find(".panel");
  const { words } = data;
  panel.dataset.state = data.state;
  panel.dataset.view = data.code;
  find(".verdict").textContent = data.verdict;
  find(".view h2").textContent = data.name;
  find(".code").textContent = data.detail;
  find(".quality-name").textContent = words.quality;
  find(".quality-value").textContent = data.quality === null ? "–" : `${Math.round(100 * data.quality)} %`;
  const fill = find(".quality-fill");
  fill.style.width = `${100 * (data.quality ?? 0)}%`;
  fill.style.setProperty("--full", `${fill.parentElement.clientWidth || 300}px`);
  find(".reasons").replaceChildren(...data.reasons.map((reason) => {
    const item = document.createElement("li");
    item.textContent = reason;
    return item;
  }));
  find(".bars-name").textContent = words.views;
  bars(find(".bars"), data.bars);
  find(".facts").textContent = data.facts;

  const mute = find(".mute");
  const volume = find(".volume");
  const show = () => {
    mute.querySelector("span").textContent = sound.muted ? words.unmute : words.mute;
    mute.setAttribute("aria-pressed", String(sound.muted));
    volume.value = sound.volume;
    volume.disabled = sound.muted;
  };
  volume.setAttribute("aria-label", words.volume);
  find(".try").textContent = words.try;
  mute.onclick = () => { sound.muted = !sound.muted; sound.keep(); show(); };
  volume.oninput = () => { sound.volume = Number(volume.value); sound.keep(); };
  find(".try").onclick = () => { panel.dataset.heard = sound.standard(); };
  show();
  hear(panel, data.state);
  return () => { record = null; };
}
