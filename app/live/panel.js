// The panel beside the live picture: readings, guidance, tone and alarm. It hears of each recognised
// frame on a line of its own. sound.js, line.js and probe.js stand before this.
const REPEAT_MS = 6000, NOTE_MS = 6000;
const panels = new WeakMap();

export default function ({ data, parentElement }) {
  let panel = panels.get(parentElement);
  if (!panel) {
    panel = makePanel(parentElement, () => panels.delete(parentElement));
    panels.set(parentElement, panel);
  }
  panel.update(data);
  return panel.end;
}

function makePanel(root, forget) {
  const $ = (name) => root.querySelector(name);
  const box = $(".panel"), probe = makeProbe($(".chest"));
  const v = { data: null, line: null };
  let was = "idle", alarmAt = 0, told = null, hide = 0, listening = 0;

  // ---- what the server says
  function show(state) {
    box.dataset.state = state.state;
    box.dataset.view = state.code;
    box.dataset.lost = "false";
    $(".verdict").textContent = state.verdict;
    $(".view h2").textContent = state.name;
    $(".code").textContent = state.code ? `${state.code} · ${percent(state.p)}` : "";
    $(".others").textContent = state.others.map((each) => `${each.code} ${percent(each.p)}`).join(" · ");
    const { ask } = state;
    $(".ask").dataset.kind = ask.kind;
    put($(".ask-words"), ask.words.replace(/(\d) (?=mm)/, "$1\u00a0"));
    put($(".ask-small"), ask.small);
    $(".held i").style.width = `${Math.min(100, 100 * state.held)}%`;
    probe.show(ask, v.data.poses);
    $(".quality-value").textContent = state.quality === null ? "–" : percent(state.quality);
    const fill = $(".quality-fill");
    fill.style.width = `${100 * (state.quality ?? 0)}%`;
    fill.style.setProperty("--full", `${fill.parentElement.clientWidth || 300}px`);
    items(state.items);
    reasons(state.reasons);
    $(".facts").textContent = state.facts;
    note(state);
    hear(state.state);
  }

  const percent = (part) => `${Math.round(100 * part)} %`;
  const put = (holder, words) => { if (holder.textContent !== words) holder.textContent = words; };

  function items(rows) {
    const holder = $(".items");
    while (holder.children.length > rows.length) holder.lastChild.remove();
    rows.forEach((row, i) => {
      let item = holder.children[i];
      if (!item) {
        item = document.createElement("div");
        item.innerHTML = '<span></span><div class="track"><div class="fill"></div><i></i></div>';
        holder.append(item);
      }
      item.className = row.low ? "item low" : "item";
      item.title = row.why || row.name;
      put(item.firstChild, row.name);
      item.querySelector(".fill").style.width = `${100 * row.score}%`;
      item.querySelector("i").style.left = `${100 * row.limit}%`;
    });
  }

  function reasons(words) {
    const holder = $(".reasons");
    if ([...holder.children].map((each) => each.textContent).join("\n") === words.join("\n")) return;
    holder.replaceChildren(...words.map((each) => {
      const item = document.createElement("li");
      item.textContent = each;
      return item;
    }));
  }

  // An event is told once; an error stays until the next event or the next picture.
  function note({ event, error }) {
    const holder = $(".note"), number = event?.n ?? 0;
    const fresh = told !== null && number !== told;
    told = number;
    if (error) {
      holder.className = "note bad";
      put(holder, error);
    } else if (fresh) {
      holder.className = `note shown ${event.good ? "good" : "bad"}`;
      put(holder, event.words);
      box.dataset.event = event.kind;
      if (event.good) sound.kept();
      clearTimeout(hide);
      if (event.kind !== "error") hide = setTimeout(() => { holder.className = "note"; }, NOTE_MS);
    } else if (holder.className === "note bad") {
      holder.className = "note";
    }
  }

  // The tone once a standard plane is held; the alarm when it is lost or stays wrong.
  function hear(state) {
    const now = performance.now();
    if (state === "standard" && was !== "standard") {
      sound.standard();
      flash("won");
      box.dataset.tones = Number(box.dataset.tones ?? 0) + 1;
    } else if (state === "poor" && (was === "standard" || now - alarmAt > REPEAT_MS)) {
      if (was === "standard" || was === "poor") {
        sound.alarm();
        box.dataset.alarms = Number(box.dataset.alarms ?? 0) + 1;
      }
      if (was === "standard") flash("lost");
      alarmAt = now;
    }
    was = state;
  }

  function flash(name) {
    box.classList.remove("lost", "won");
    void box.offsetWidth; // restarts the animation
    box.classList.add(name);
  }

  // ---- sound
  const parts = { mute: $(".mute"), volume: $(".volume"), try: $(".try") };
  function showSound() {
    const words = v.data.words;
    parts.mute.querySelector("span").textContent = sound.muted ? words.unmute : words.mute;
    parts.mute.setAttribute("aria-pressed", String(sound.muted));
    parts.volume.value = sound.volume;
    parts.volume.disabled = sound.muted;
  }
  parts.mute.onclick = () => { sound.muted = !sound.muted; sound.keep(); showSound(); };
  parts.volume.oninput = () => { sound.volume = Number(parts.volume.value); sound.keep(); };
  parts.try.onclick = () => { box.dataset.heard = sound.standard(); };

  // ---- key R, also while the streamer's own frame has the focus, as it has after START
  const heard = new Map();
  function onKey(event) {
    const typing = event.target?.closest?.("input, textarea, select, [contenteditable=true]");
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    if (event.key?.toLowerCase() !== "r" || !plain || (typing && typing.type !== "range")) return;
    event.stopImmediatePropagation(); // Streamlit's own R runs the page again
    event.preventDefault();
    record();
  }
  function record(tries = 10) { // a line that is just coming back gets it when it is there
    if (v.line && !v.line.say({ do: "record" }) && tries > 0) setTimeout(() => record(tries - 1), 300);
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

  v.update = (data) => {
    const other = v.data?.token !== data.token;
    v.data = data;
    const { words } = data;
    $(".quality-name").textContent = words.quality;
    parts.volume.setAttribute("aria-label", words.volume);
    parts.try.textContent = words.try;
    if (!$(".verdict").textContent) $(".verdict").textContent = words.idle;
    showSound();
    listen();
    clearInterval(listening);
    listening = setInterval(listen, 500); // the streamer's frame comes later than this
    if (!other) return;
    v.line?.end();
    told = null;
    v.line = makeLine(`live/line/${data.token}`, { hear: show, lost: () => {
      box.dataset.lost = "true";
      $(".verdict").textContent = v.data.words.lost;
      box.dataset.state = was = "idle";
    } });
  };

  v.end = () => {
    clearInterval(listening);
    clearTimeout(hide);
    for (const target of heard.keys()) {
      try { target.removeEventListener("keydown", onKey, true); } catch { /* it is gone */ }
    }
    v.line?.end();
    v.line = null;
    probe.end();
    forget();
  };
  return v;
}
