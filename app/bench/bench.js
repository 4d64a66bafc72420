// The virtual probe's bench: picture, 3-D body, six movements, keys. All of it speaks with the
// server on one WebSocket; Streamlit is only told when an attempt has been scored.
const MOVES = ["slide_x_mm", "slide_y_mm", "rotate_deg", "tilt_deg", "rock_deg", "press_mm"];
const KEYS = { slide_x_mm: ["ArrowLeft", "ArrowRight"], slide_y_mm: ["ArrowUp", "ArrowDown"],
  rotate_deg: ["q", "e"], tilt_deg: ["s", "w"], rock_deg: ["a", "d"], press_mm: ["-", "+"] };
const CAPS = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", "-": "−" };
const STEP = { slide_x_mm: 2, slide_y_mm: 2, rotate_deg: 2, tilt_deg: 1, rock_deg: 1, press_mm: 1 };
const REACH = { slide_x_mm: 60, slide_y_mm: 60, rotate_deg: 120, tilt_deg: 60, rock_deg: 60,
  press_mm: 15 };
// What the arrow of an instruction looks like: kind, turn in degrees, mirrored or not.
const ARROWS = { rotate_deg: [["turn", 0, -1], ["turn", 0, 1]], tilt_deg: [["way", 90, 1],
  ["way", -90, 1]], rock_deg: [["way", 180, 1], ["way", 0, 1]], slide_x_mm: [["way", 180, 1],
  ["way", 0, 1]], slide_y_mm: [["way", -90, 1], ["way", 90, 1]], press_mm: [["way", -90, 1],
  ["way", 90, 1]] };
const REPEAT_MS = 55, REST_MS = 230, RETRY_MS = 800,
  GO_ON_MS = 2500, MOST_AT_ONCE = 5;
const benches = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let bench = benches.get(parentElement);
  if (!bench) {
    bench = makeBench(parentElement, () => benches.delete(parentElement));
    benches.set(parentElement, bench);
  }
  bench.tell = (name) => setTriggerValue(name, Date.now());
  bench.update(data);
  return bench.destroy;
}

function makeBench(root, forget) {
  const $ = (name) => root.querySelector(name);
  const box = $(".bench"), canvas = $("canvas"), ctx = canvas.getContext("2d");
  const body = makeBody($(".plot"), $(".legend"));
  const v = { data: null, state: null, socket: null, gone: false, scored: null };
  const held = new Map();
  let retry = 0, sliding = null, standard = null, lostAt = 0;

  const say = (message) => {
    if (v.socket?.readyState === WebSocket.OPEN) v.socket.send(JSON.stringify(message));
  };
  const address = (path) => new URL(path, document.baseURI);

  // ---- the line
  function connect() {
    const url = address(`bench/line/${v.data.token}${v.data.small ? "?pictures=no" : ""}`);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    socket.onmessage = async ({ data }) => {
      if (typeof data === "string") { show(JSON.parse(data)); return; }
      const length = new DataView(data).getUint32(0);
      const state = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
      try {
        const picture = await createImageBitmap(
          new Blob([new Uint8Array(data, 4 + length)], { type: "image/jpeg" }));
        if (canvas.width !== picture.width || canvas.height !== picture.height) {
          [canvas.width, canvas.height] = [picture.width, picture.height];
        }
        ctx.drawImage(picture, 0, 0);
        picture.close();
        canvas.dataset.frame = state.index;
        $(".waiting").textContent = "";
        show(state);
      } finally {
        say({ do: "drawn" });
      }
    };
    socket.onclose = () => {
      if (v.gone || v.socket !== socket) return;
      $(".waiting").textContent = v.data.words.lost;
      retry = setTimeout(connect, RETRY_MS);
    };
    v.socket = socket;
  }

  v.update = (data) => {
    const other = v.data?.token !== data.token;
    v.data = data;
    box.toggleAttribute("data-small", data.small);
    box.toggleAttribute("data-quiet", data.quiet);
    words(data.words);
    if (other) {
      clearTimeout(retry);
      v.socket?.close();
      v.scored = standard = null;
      connect();
    }
    if (!data.small) body.load(address("bench/plotly.js").href, address(data.anatomy).href)
      .catch(() => { $(".legend").textContent = data.words.no_body; });
  };

  // ---- what the server says
  function show(state) {
    v.state = state;
    const { trial, hints, machine } = state, w = v.data.words;
    $(".ask h2").textContent = trial.name;
    $(".ask .code").textContent = trial.view;
    $(".ask .place").textContent = trial.place ? trial.place.join(" / ") : "";
    $(".seconds").firstChild.data = trial.seconds.toFixed(1);
    $(".mm").firstChild.data = Math.round(trial.mm);
    $(".degrees").firstChild.data = Math.round(trial.degrees);
    $(".lamp b").textContent = state.standard ? w.standard : w.not_standard;
    box.dataset.view = trial.view;
    box.dataset.found = trial.found;
    hear(state);
    guide(state, w);
    meter($(".close"), hints && { name: w.close, value: hints.closeness });
    meter($(".machine"), machine && { name: `${w.sees} ${machine.name} ${percent(machine.p)}`,
      value: machine.quality });
    for (const each of MOVES) {
      const part = parts[each], value = state.offset[each];
      part.output.textContent = `${value > 0 ? "+" : ""}${Math.round(value)} ${unit(each)}`;
      if (sliding !== each) part.slider.value = value;
      const now = !v.data.quiet && hints?.instruction?.movement === each;
      part.box.toggleAttribute("data-now", now);
      part.buttons.forEach((b, n) =>
        b.toggleAttribute("data-now", now && hints.instruction.forward === Boolean(n)));
    }
    for (const button of root.querySelectorAll('[data-do="undo"]')) button.disabled = !state.steps;
    const result = $(".result");
    result.hidden = !trial.found && !state.trouble;
    result.dataset.kind = state.trouble ? "trouble" : "found";
    result.querySelector("b").textContent = state.trouble || w.found;
    result.querySelector("span").textContent = state.trouble ? "" :
      `${trial.seconds.toFixed(1)} s · ${Math.round(trial.mm)} mm · ${Math.round(trial.degrees)}°`;
    if (v.scored !== null && v.scored !== state.scored) {
      v.tell("scored");
      // A run of views goes on by itself.
      if (trial.run) setTimeout(() => v.state?.trial.found && say({ do: "next" }), GO_ON_MS);
    }
    v.scored = state.scored;
    if (!v.data.small) body.show(state.plane, hints?.wanted ?? null, state.fan);
  }

  const percent = (part) => `${Math.round(100 * part)} %`;
  const unit = (name) => (name.endsWith("_deg") ? "°" : "mm");

  function guide(state, w) {
    const { hints, trial } = state, ask = hints?.instruction;
    const arrow = $(".arrow"), line = document.createElement("small");
    const [kind, angle, flip] = ask ? ARROWS[ask.movement][Number(ask.forward)] : ["done", 0, 1];
    arrow.dataset.kind = hints ? kind : "none";
    $(".arrow svg").style.transform = `scaleX(${flip}) rotate(${angle}deg)`;
    let text = hints ? (ask ? ask.words : w.hold) : w.no_hints;
    if (trial.shown) text = w.shown;
    if (hints) line.textContent = `${w.nearest} ${hints.nearest}`;
    $(".words").replaceChildren(text, line);
  }

  function meter(holder, found) {
    holder.hidden = !found;
    if (!found) return;
    holder.querySelector("label").textContent = found.name;
    holder.querySelector("output").textContent = percent(found.value);
    const fill = holder.querySelector(".fill");
    fill.style.width = `${100 * found.value}%`;
    fill.style.setProperty("--full", `${fill.parentElement.clientWidth || 300}px`);
  }

  // The tone when the plane becomes standard, the alarm when it is lost.
  function hear(state) {
    const was = standard;
    standard = state.standard;
    if (standard) lostAt = 0;
    if (was === true && !standard) lostAt = performance.now();
    box.dataset.state = standard ? "standard" : lostAt ? "lost" : "search";
    if (was === null || v.data.small || was === standard) return;
    if (standard) sound.standard(); else sound.alarm();
    box.dataset.tones = Number(box.dataset.tones ?? 0) + Number(standard);
    box.dataset.alarms = Number(box.dataset.alarms ?? 0) + Number(!standard);
    box.classList.remove("won", "lost");
    void box.offsetWidth; // restarts the animation
    box.classList.add(standard ? "won" : "lost");
  }

  // ---- the hand
  const parts = Object.fromEntries(MOVES.map((each) => [each, makeMove(each)]));
  $(".moves").append(...MOVES.map((each) => parts[each].box));

  function makeMove(name) {
    const part = document.createElement("div");
    part.className = "move";
    part.dataset.movement = name;
    part.innerHTML = '<div class="head"><b></b><output></output></div><div class="pair">' +
      '<button type="button"></button><button type="button"></button></div>' +
      `<input type="range" min="${-REACH[name]}" max="${REACH[name]}" step="1" value="0">`;
    const buttons = [...part.querySelectorAll("button")], slider = part.querySelector("input");
    buttons.forEach((button, n) => {
      const go = (n ? 1 : -1) * STEP[name];
      button.onpointerdown = (event) => { button.setPointerCapture(event.pointerId); hold(button, name, go); };
      button.onpointerup = button.onpointercancel = () => release(button);
      button.onclick = (event) => { if (event.detail === 0) move(name, go); }; // a key on the button
      const [kind, angle, flip] = ARROWS[name][n];
      button.innerHTML = `<svg viewBox="0 0 48 48" style="transform:scaleX(${flip}) rotate(${angle}deg)">` +
        (kind === "turn" ? '<path d="M38 15A16.5 16.5 0 1 0 40.5 24"/><path d="M39.5 5.5V16H29"/>'
          : '<path d="M7 24h32M27 12l12 12-12 12"/>') + "</svg>" +
        `<kbd>${CAPS[KEYS[name][n]] ?? KEYS[name][n].toUpperCase()}</kbd>`;
    });
    slider.oninput = () => { sliding = name; say({ do: "set", movement: name, value: Number(slider.value) }); };
    slider.onchange = slider.onpointerup = () => { sliding = null; };
    return { box: part, buttons, slider, output: part.querySelector("output") };
  }

  const move = (movement, value) => say({ do: "move", movement, value });
  function hold(key, movement, value) {
    if (held.has(key)) return;
    move(movement, value);
    // As far as the time that has passed: a browser that is busy turns no slower.
    const timer = { id: 0, at: performance.now() + REST_MS - REPEAT_MS };
    timer.id = setTimeout(function again() {
      const now = performance.now();
      move(movement, value * Math.min(MOST_AT_ONCE, (now - timer.at) / REPEAT_MS));
      timer.at = now;
      timer.id = setTimeout(again, REPEAT_MS);
    }, REST_MS);
    held.set(key, timer);
  }
  function release(key) {
    clearTimeout(held.get(key)?.id);
    held.delete(key);
  }
  const releaseAll = () => [...held.keys()].forEach(release);

  root.querySelectorAll("[data-do]").forEach((button) => {
    button.onclick = () => say({ do: button.dataset.do });
  });
  $(".mute").onclick = () => { sound.muted = !sound.muted; sound.keep(); words(v.data.words); };

  function key(event) {
    if (!v.data || !box.isConnected || document.querySelector('[role="dialog"]')) return;
    const target = event.composedPath()[0], own = event.composedPath().includes(box);
    if (target.matches?.('input:not([type="range"]), textarea, select, [contenteditable="true"], ' +
      '[role="combobox"], [role="slider"]') && !own) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.type === "keyup") { release(name); return; }
    if (event.altKey || event.metaKey) return;
    let run = null;
    if (event.ctrlKey) run = name === "z" ? () => say({ do: "undo" }) : null;
    else if (name === "Backspace") run = () => say({ do: "undo" });
    else if (name === "Home" || name === "0") run = () => say({ do: "again" });
    else if (name === "Enter" && target.tagName !== "BUTTON" && target.tagName !== "A") {
      run = () => v.state?.trial.found && say({ do: "next" });
    } else if (v.data.windows[Number(name) - 1]) {
      run = () => say({ do: "window", name: v.data.windows[Number(name) - 1].id });
    } else {
      const pressed = name === "=" ? "+" : name;
      const movement = MOVES.find((each) => KEYS[each].includes(pressed));
      if (movement) {
        const way = KEYS[movement].indexOf(pressed) ? 1 : -1;
        const step = event.shiftKey && name !== "+" ? 0.5 : STEP[movement];
        run = () => { if (!event.repeat) hold(name, movement, way * step); };
      }
    }
    if (!run) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    run();
  }
  window.addEventListener("keydown", key, true);
  window.addEventListener("keyup", key, true);
  window.addEventListener("blur", releaseAll);

  // ---- words
  function words(w) {
    for (const name of ["undo", "again", "show", "next"]) {
      for (const button of root.querySelectorAll(`[data-do="${name}"]`)) button.textContent = w[name];
    }
    $(".n-seconds").textContent = w.time;
    $(".n-path").textContent = w.path;
    $(".keys").textContent = w.keys;
    $(".mute").textContent = sound.muted ? w.unmute : w.mute;
    $(".mute").setAttribute("aria-pressed", String(sound.muted));
    if (!canvas.dataset.frame && !v.data.small) $(".waiting").textContent = w.waiting;
    for (const each of MOVES) {
      parts[each].box.querySelector(".head b").textContent = w[each];
      parts[each].slider.setAttribute("aria-label", w[each]);
      parts[each].buttons.forEach((b, n) => b.setAttribute("aria-label", `${w[each]} ${n ? "+" : "−"}`));
    }
    $(".windows").replaceChildren(...v.data.windows.map((each, n) => {
      const button = document.createElement("button");
      button.type = "button";
      button.innerHTML = `<kbd>${n + 1}</kbd>`;
      button.append(each.name);
      button.onclick = () => say({ do: "window", name: each.id });
      return button;
    }));
  }

  v.destroy = () => {
    v.gone = true;
    releaseAll();
    clearTimeout(retry);
    window.removeEventListener("keydown", key, true);
    window.removeEventListener("keyup", key, true);
    window.removeEventListener("blur", releaseAll);
    v.socket?.close();
    body.end();
    forget();
  };
  return v;
}
