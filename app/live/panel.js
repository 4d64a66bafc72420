// Readings of the live picture, and its two sounds: a tone when a standard plane is held, an alarm
// when it is lost or is long in coming. Browsers play nothing before the user's first gesture.
const REPEAT_MS = 6000;

const sound = {
  context: null,
  muted: false,
  volume: 0.5,
  read() {
    try {
      const kept = JSON.parse(localStorage.getItem("echolab.sound") || "{}");
      this.muted = kept.muted === true;
      if (kept.volume >= 0 && kept.volume <= 1) this.volume = kept.volume;
    } catch { /* a browser that keeps nothing: the defaults stand */ }
  },
  keep() {
    try {
      localStorage.setItem("echolab.sound", JSON.stringify({ muted: this.muted, volume: this.volume }));
    } catch { /* the setting lasts as long as the page */ }
  },
  ready() {
    if (!this.context && navigator.userActivation?.hasBeenActive) {
      this.context = new AudioContext();
    }
    if (this.context?.state === "suspended") this.context.resume();
    return this.context !== null;
  },
  // notes: [frequency in Hz, start in s, length in s]
  play(notes, shape, loudness) {
    if (this.muted || !this.ready()) return false;
    const now = this.context.currentTime + 0.02;
    for (const [hertz, start, length] of notes) {
      const tone = this.context.createOscillator();
      const gain = this.context.createGain();
      const peak = Math.max(this.volume * loudness, 0.0001);
      tone.type = shape;
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(0.0001, now + start);
      gain.gain.exponentialRampToValueAtTime(peak, now + start + 0.02);
      gain.gain.setValueAtTime(peak, now + start + length - 0.05);
      gain.gain.exponentialRampToValueAtTime(0.0001, now + start + length);
      tone.connect(gain).connect(this.context.destination);
      tone.start(now + start);
      tone.stop(now + start + length + 0.02);
    }
    return true;
  },
  standard() { return this.play([[660, 0, 0.16], [880, 0.15, 0.3]], "sine", 0.6); },
  alarm() { return this.play([[310, 0, 0.16], [247, 0.2, 0.26]], "square", 0.22); },
};
sound.read();

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
