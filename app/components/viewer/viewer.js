/* The cine viewer: frames, outlines and calipers on one canvas. Coordinates in `model` are source
   pixels; `view` maps them to canvas pixels. What the user changes goes to Python as one `event`;
   what Python answers with (`data`) is the truth that replaces the local picture. */
const HANDLES = 12, POINTS = 72, GRAB = 13, CACHE_BYTES = 256e6;
const views = new WeakMap();

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let viewer = views.get(parentElement);
  if (!viewer) {
    viewer = makeViewer(parentElement, () => views.delete(parentElement));
    views.set(parentElement, viewer);
  }
  viewer.send = (event) => setTriggerValue("event", { ...event, clip: viewer.model.clip });
  viewer.tell = (frame) => setStateValue("frame", { clip: viewer.model.clip, index: frame });
  viewer.update(data);
  return viewer.destroy;
}

function makeViewer(root, forget) {
  const $ = (selector) => root.querySelector(selector);
  const canvas = $("canvas"), ctx = canvas.getContext("2d"), box = $(".viewer");
  const scrub = $(".scrub"), speed = $(".speed");
  const v = { model: null, at: 0, playing: false, tool: null, selected: null, drag: null,
    hidden: new Set(), zoom: 1, pan: [0, 0], fresh: null, told: -1 };
  const bitmaps = new Map();
  let blob = null, limit = 64, last = 0, wait = 0, raf = 0, telling = 0, asked = "";
  // What Python said while something was being dragged; dropped if the drag ends in an event,
  // for then it says more.
  let waiting = null;

  // ---- data from Python
  v.update = (data) => {
    const other = !v.model || v.model.clip !== data.clip || v.model.url !== data.url;
    if (v.drag && !other) { waiting = data; return; }
    waiting = null;
    v.model = { ...data, regions: data.regions.map((r) => ({ ...r, points: pairs(r.points) })),
      calipers: data.calipers.map((c) => ({ ...c, p: [...c.p], q: [...c.q] })) };
    v.drag = null;
    if (other) load(data);
    else if (data.seek && data.seek.nonce !== asked) show(nearest(data.seek.frame), true);
    asked = data.seek ? data.seek.nonce : "";
    if (v.fresh && v.model.calipers.some((c) => c.id === v.fresh)) v.selected = { caliper: v.fresh };
    v.fresh = null;
    words(data.words);
    legend();
    marks();
    for (const name of ["ed", "es", "caliper", "play", "back", "next"]) {
      $(`[data-do="${name}"]`).hidden = !data.measuring;
    }
    speed.hidden = !data.measuring;
    $('[data-do="draw"]').hidden = !data.drawn;
    if (!data.drawn && v.tool === "draw") v.tool = null;
    $('[data-do="undo"]').disabled = !data.can_undo;
    $('[data-do="redo"]').disabled = !data.can_redo;
    size();
  };

  function pairs(flat) {
    const out = [];
    for (let i = 0; i < flat.length; i += 2) out.push([flat[i] / 10, flat[i + 1] / 10]);
    return out;
  }

  async function load(data) {
    blob = null;
    bitmaps.forEach((image) => image.close && image.close());
    bitmaps.clear();
    v.selected = null; v.tool = null; v.zoom = 1; v.pan = [0, 0];
    limit = Math.max(8, Math.floor(CACHE_BYTES / (4 * data.shown[0] * data.shown[1])));
    scrub.max = data.indices.length - 1;
    v.at = data.seek ? nearest(data.seek.frame) : 0;
    const moving = data.indices.length > 1;
    v.playing = moving && !data.seek;
    $(".time").style.display = moving ? "" : "none";
    canvas.dataset.ready = "";
    const url = data.url;
    const response = await fetch(url);
    const loaded = await response.blob();
    if (v.model.url !== url) return;
    blob = loaded;
    await decode(v.at);
    canvas.dataset.ready = "1";
    play(v.playing);
  }

  function nearest(frame) {
    const all = v.model.indices;
    let best = 0;
    all.forEach((f, i) => { if (Math.abs(f - frame) < Math.abs(all[best] - frame)) best = i; });
    return best;
  }

  async function decode(i) {
    if (!blob || bitmaps.has(i)) return;
    const from = v.model.offsets[i], to = v.model.offsets[i + 1], of = blob;
    bitmaps.set(i, null);
    try {
      const image = await createImageBitmap(of.slice(from, to, "image/jpeg"));
      if (of !== blob) return image.close();
      bitmaps.set(i, image);
    } catch { bitmaps.delete(i); return; }
    for (const [old, image] of bitmaps) {
      if (bitmaps.size <= limit) break;
      if (image && old !== v.at) { image.close(); bitmaps.delete(old); }
    }
    if (i === v.at) draw();
  }

  // ---- time
  function play(on) {
    v.playing = on && v.model.indices.length > 1;
    const button = $('[data-do="play"]');
    button.textContent = v.playing ? "❚❚" : "▶";
    button.setAttribute("aria-label", v.playing ? v.model.words.pause : v.model.words.play);
    button.title = button.getAttribute("aria-label") + " (Space)";
    cancelAnimationFrame(raf);
    last = 0; wait = 0;
    if (v.playing) raf = requestAnimationFrame(tick);
    else tell();
    draw();
  }

  function tick(now) {
    if (!v.playing) return;
    const step = 1000 / (v.model.fps * Number(speed.value || 1));
    wait += last ? Math.min(now - last, 200) : 0;
    last = now;
    const n = v.model.indices.length;
    let moved = 0;
    while (wait >= step) { wait -= step; moved += 1; }
    const next = (v.at + moved) % n;
    for (let i = 1; i <= 6; i++) decode((next + i) % n);
    if (moved && bitmaps.get(next)) { v.at = next; draw(); } else if (moved) decode(next);
    raf = requestAnimationFrame(tick);
  }

  function show(i, stop) {
    if (stop && v.playing) play(false);
    v.at = Math.max(0, Math.min(v.model.indices.length - 1, i));
    decode(v.at);
    draw();
    if (!v.playing) tell();
  }

  function tell() {
    clearTimeout(telling);
    telling = setTimeout(() => {
      if (v.playing || v.drag || !v.model) return;
      const frame = v.model.indices[v.at];
      if (frame !== v.told) { v.told = frame; v.tell(frame); }
    }, 350);
  }

  // ---- geometry
  function scale() {
    const fit = Math.min(canvas.width / v.model.size[0], canvas.height / v.model.size[1]);
    return fit * v.zoom;
  }
  function toCanvas([x, y]) {
    const s = scale(), [w, h] = v.model.size;
    return [(x + .5 - w / 2 + v.pan[0]) * s + canvas.width / 2,
      (y + .5 - h / 2 + v.pan[1]) * s + canvas.height / 2];
  }
  function toSource([x, y]) {
    const s = scale(), [w, h] = v.model.size;
    return [(x - canvas.width / 2) / s + w / 2 - v.pan[0] - .5,
      (y - canvas.height / 2) / s + h / 2 - v.pan[1] - .5];
  }
  function inside([x, y]) {
    const [w, h] = v.model.size;
    return [Math.max(0, Math.min(w - 1, x)), Math.max(0, Math.min(h - 1, y))];
  }
  const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

  function size() {
    const width = box.clientWidth || 640, [w, h] = v.model.size;
    const height = Math.round(Math.min(width * h / w, Math.max(300, window.innerHeight * .55)));
    const ratio = window.devicePixelRatio || 1;
    canvas.style.height = height + "px";
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    draw();
  }
  function zoom(factor, about) {
    const anchor = about || [canvas.width / 2, canvas.height / 2];
    const before = toSource(anchor);
    v.zoom = Math.max(1, Math.min(8, v.zoom * factor));
    const after = toSource(anchor);
    v.pan = v.zoom === 1 ? [0, 0]
      : [v.pan[0] + after[0] - before[0], v.pan[1] + after[1] - before[1]];
    draw();
  }

  // ---- what is on this frame
  const frame = () => v.model.indices[v.at];
  const regions = () => v.model.regions.filter((r) => r.frame === frame() && !v.hidden.has(r.label));
  const calipers = () => v.model.calipers.filter((c) => c.frame === frame());
  function chosen() {
    if (!v.selected) return regions().find((r) => r.label === "lv_cavity") || regions()[0];
    return regions().find((r) => r.label === v.selected.region);
  }
  function onStrip(c, d) {
    // On a strip down is speed or depth, across is time.
    const s = v.model.strip, [x0, y0, x1, y1] = s.box;
    if (![c.p, c.q].every(([x, y]) => x >= x0 - 1 && y >= y0 - 1 && x <= x1 + 1 && y <= y1 + 1)) return null;
    const down = Math.abs(d[1]), across = Math.abs(d[0]), said = [];
    if (down >= 2 && s.per_px) said.push((down * s.per_px).toFixed(s.digits) + " " + s.unit);
    if (across >= 6 && s.ms_per_px) said.push((across * s.ms_per_px).toFixed(0) + " ms");
    return said.length ? said.join(" · ") : null;
  }
  function length(c) {
    const d = [c.q[0] - c.p[0], c.q[1] - c.p[1]], { mm, mm_box: b } = v.model;
    const said = v.model.strip && onStrip(c, d);
    if (said) return said;
    const holds = mm && (!b || [c.p, c.q].every(([x, y]) =>
      x >= b[0] - .5 && y >= b[1] - .5 && x <= b[2] + .5 && y <= b[3] + .5));
    return holds ? Math.hypot(d[0] * mm[0], d[1] * mm[1]).toFixed(1) + " mm"
      : Math.hypot(...d).toFixed(0) + " px";
  }
  function resample(points, n) {
    const closed = [...points, points[0]], sums = [0];
    for (let i = 1; i < closed.length; i++) sums.push(sums[i - 1] + far(closed[i - 1], closed[i]));
    const whole = sums[sums.length - 1] || 1, out = [];
    for (let k = 0, i = 1; k < n; k++) {
      const want = whole * k / n;
      while (i < sums.length - 1 && sums[i] < want) i++;
      const part = (want - sums[i - 1]) / ((sums[i] - sums[i - 1]) || 1);
      out.push([0, 1].map((j) => closed[i - 1][j] + part * (closed[i][j] - closed[i - 1][j])));
    }
    return out;
  }
  function handlesOf(region) {
    if (!region.even) { region.even = resample(region.points, POINTS); }
    return Array.from({ length: HANDLES }, (_, i) => region.even[i * POINTS / HANDLES]);
  }
  function bend(even, handle, by) {
    // Neighbours follow softly: full at the handle, nothing from one and a half handles away.
    const centre = handle * POINTS / HANDLES, reach = 1.5 * POINTS / HANDLES;
    return even.map(([x, y], i) => {
      const away = Math.min(Math.abs(i - centre), POINTS - Math.abs(i - centre));
      const share = away >= reach ? 0 : .5 * (1 + Math.cos(Math.PI * away / reach));
      return inside([x + share * by[0], y + share * by[1]]);
    });
  }

  // ---- drawing
  function draw() {
    if (!v.model) return;
    const { model } = v, image = bitmaps.get(v.at), unit = window.devicePixelRatio || 1;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    if (image) {
      ctx.fillStyle = "#000";
      ctx.fillRect(0, 0, canvas.width, canvas.height);
      const [x0, y0] = toCanvas([-.5, -.5]), s = scale();
      ctx.imageSmoothingQuality = "high";
      ctx.drawImage(image, x0, y0, model.size[0] * s, model.size[1] * s);
    }
    ctx.lineJoin = "round";
    const edited = v.playing ? null : chosen();
    for (const r of regions()) {
      const points = (r.even && v.drag && v.drag.region === r ? r.even : r.points).map(toCanvas);
      ctx.beginPath();
      points.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
      ctx.closePath();
      ctx.fillStyle = r.fill;
      ctx.fill();
      ctx.strokeStyle = r.colour;
      ctx.lineWidth = (r === edited ? 2.4 : 1.5) * unit;
      ctx.stroke();
    }
    if (edited && !v.tool) {
      for (const p of handlesOf(edited)) dot(toCanvas(p), 5 * unit, edited.colour);
    }
    for (const { frame: at, points } of model.lines) {
      if (at !== frame()) continue;
      ctx.beginPath();
      points.map(toCanvas).forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
      ctx.strokeStyle = model.line_colour;
      ctx.lineWidth = 1.2 * unit;
      ctx.stroke();
    }
    v.labels = [];
    for (const c of calipers()) caliper(c, unit);
    if (v.drag && v.drag.made) caliper(v.drag.made, unit);
    if (v.drag && v.drag.line) {
      ctx.beginPath();
      v.drag.line.map(toCanvas).forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
      ctx.strokeStyle = model.drawn.colour;
      ctx.lineWidth = 2.4 * unit;
      ctx.stroke();
    }
    chrome();
  }
  function dot([x, y], r, colour) {
    ctx.beginPath();
    ctx.arc(x, y, r, 0, 2 * Math.PI);
    ctx.fillStyle = "#0a0d11";
    ctx.fill();
    ctx.lineWidth = r * .45;
    ctx.strokeStyle = colour;
    ctx.stroke();
  }
  function caliper(c, unit) {
    const on = v.selected && v.selected.caliper === c.id, colour = on ? "#ffffff" : v.model.mark;
    const p = toCanvas(c.p), q = toCanvas(c.q);
    ctx.strokeStyle = "rgba(0,0,0,.7)"; ctx.lineWidth = 4 * unit;
    ctx.beginPath(); ctx.moveTo(...p); ctx.lineTo(...q); ctx.stroke();
    ctx.strokeStyle = colour; ctx.lineWidth = 1.8 * unit;
    ctx.beginPath(); ctx.moveTo(...p); ctx.lineTo(...q); ctx.stroke();
    for (const [x, y] of [p, q]) {
      ctx.beginPath();
      ctx.moveTo(x - 7 * unit, y); ctx.lineTo(x + 7 * unit, y);
      ctx.moveTo(x, y - 7 * unit); ctx.lineTo(x, y + 7 * unit);
      ctx.stroke();
    }
    const text = (c.name ? c.name + "  " : "") + length(c);
    ctx.font = `600 ${13 * unit}px sans-serif`;
    const wide = ctx.measureText(text).width;
    const x = Math.min(Math.max((p[0] + q[0]) / 2 + 10 * unit, 4), canvas.width - wide - 8 * unit);
    let y = (p[1] + q[1]) / 2 - 8 * unit;
    // Labels that would cover each other stand below each other.
    const covers = (b) => Math.abs(b.y - y) < 20 * unit && x < b.x + b.wide + 8 * unit && b.x < x + wide + 8 * unit;
    while (v.labels.some(covers)) y += 4 * unit;
    v.labels.push({ x, y, wide });
    ctx.fillStyle = "rgba(8,12,16,.72)";
    ctx.fillRect(x - 5 * unit, y - 14 * unit, wide + 10 * unit, 19 * unit);
    ctx.fillStyle = colour;
    ctx.fillText(text, x, y);
  }
  function chrome() {
    const { model } = v, f = frame(), time = model.times[v.at];
    scrub.value = v.at;
    $(".where").textContent = model.total > 1
      ? `${f + 1} / ${model.total}` + (time === null ? "" : ` · ${time.toFixed(2)} s`) : "";
    const ed = model.ed.includes(f), es = model.es.includes(f);
    $(".badge").innerHTML = ed ? '<span class="ed">ED</span>' : es ? '<span class="es">ES</span>' : "";
    canvas.dataset.frame = f;
    const c = v.selected && v.selected.caliper
      && v.model.calipers.find((k) => k.id === v.selected.caliper);
    $('[data-do="delete"]').disabled = !c;
    for (const tool of ["caliper", "draw"]) {
      $(`[data-do="${tool}"]`).setAttribute("aria-pressed", v.tool === tool);
    }
    $(".hint").textContent = v.tool ? model.words["hint_" + v.tool]
      : !v.playing && chosen() ? model.words.hint_outline : "";
    canvas.style.cursor = v.tool ? "crosshair" : canvas.style.cursor;
    const where = chosen() && !v.playing ? handlesOf(chosen()).map(css) : [];
    canvas.dataset.handles = JSON.stringify(where);
    canvas.dataset.calipers = JSON.stringify(calipers().map((k) => [css(k.p), css(k.q)]));
  }
  function css(p) {
    const ratio = window.devicePixelRatio || 1;
    return toCanvas(p).map((n) => Math.round(n / ratio * 10) / 10);
  }

  // ---- words, legend, marks
  function words(w) {
    const titles = { draw: `${w.draw} (D)`, back: `${w.back} (←)`, next: `${w.next} (→)`,
      ed: `${w.set_ed} (E)`,
      es: `${w.set_es} (S)`, caliper: `${w.caliper} (C)`, delete: `${w.delete} (Del)`,
      out: `${w.zoom_out} (−)`, in: `${w.zoom_in} (+)`, fit: `${w.fit} (0)`,
      undo: `${w.undo} (Ctrl+Z)`, redo: `${w.redo} (Ctrl+Shift+Z)` };
    for (const [name, title] of Object.entries(titles)) {
      const button = $(`[data-do="${name}"]`);
      button.title = title;
      button.setAttribute("aria-label", title);
    }
    $('[data-do="caliper"]').textContent = w.caliper;
    $('[data-do="draw"]').textContent = v.model.drawn ? `${w.draw}: ${v.model.drawn.name}` : "";
    box.setAttribute("aria-label", w.viewer);
    scrub.setAttribute("aria-label", w.frame);
    speed.setAttribute("aria-label", w.speed);
    if (!speed.options.length) {
      for (const s of [.1, .25, .5, 1, 2]) speed.add(new Option(`${s}×`, s, s === 1, s === 1));
    }
  }
  function legend() {
    const names = new Map(v.model.regions.map((r) => [r.label, r]));
    $(".legend").replaceChildren(...[...names.values()].map((r) => {
      const button = document.createElement("button"), patch = document.createElement("i");
      patch.style.background = r.colour;
      button.append(patch, r.name);
      button.setAttribute("aria-pressed", !v.hidden.has(r.label));
      button.onclick = () => {
        if (!v.hidden.delete(r.label)) v.hidden.add(r.label);
        legend(); draw();
      };
      return button;
    }));
  }
  function marks() {
    const end = Math.max(1, v.model.indices.length - 1), all = [];
    for (const kind of ["ed", "es"]) {
      for (const f of v.model[kind]) {
        const button = document.createElement("button");
        button.className = kind;
        button.textContent = kind.toUpperCase();
        button.style.left = 100 * nearest(f) / end + "%";
        button.title = `${kind.toUpperCase()} · ${f + 1}`;
        button.onclick = () => show(nearest(f), true);
        all.push(button);
      }
    }
    $(".marks").replaceChildren(...all);
  }

  // ---- pointer
  function spot(event) {
    const r = canvas.getBoundingClientRect(), ratio = canvas.width / r.width;
    return [(event.clientX - r.left) * ratio, (event.clientY - r.top) * ratio];
  }
  function hit(at) {
    const grab = GRAB * (window.devicePixelRatio || 1);
    for (const c of calipers()) {
      for (const end of ["p", "q"]) if (far(toCanvas(c[end]), at) < grab) return { caliper: c, end };
    }
    const region = v.playing ? null : chosen();
    if (region) {
      let best = null;
      handlesOf(region).forEach((p, handle) => {
        const d = far(toCanvas(p), at);
        if (d < grab && (!best || d < best.d)) best = { region, handle, d };
      });
      if (best) return best;
    }
    for (const c of calipers()) {
      const p = toCanvas(c.p), q = toCanvas(c.q), l = far(p, q) || 1;
      const t = ((at[0] - p[0]) * (q[0] - p[0]) + (at[1] - p[1]) * (q[1] - p[1])) / (l * l);
      const on = [p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])];
      if (t > 0 && t < 1 && far(on, at) < grab * .7) return { caliper: c, end: "both" };
    }
    return null;
  }
  function regionAt(at) {
    const size = (r) => { const d = resample(r.points, 24); let a = 0;
      d.forEach((p, i) => { const q = d[(i + 1) % d.length]; a += p[0] * q[1] - q[0] * p[1]; });
      return Math.abs(a); };
    return regions().filter((r) => {
      ctx.beginPath();
      r.points.map(toCanvas).forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
      ctx.closePath();
      return ctx.isPointInPath(...at);
    }).sort((a, b) => size(a) - size(b))[0];
  }
  canvas.onpointerdown = (event) => {
    if (event.button || !v.model || !blob) return;
    box.focus({ preventScroll: true });
    const at = spot(event), from = inside(toSource(at));
    if (v.tool === "caliper") {
      if (v.playing) play(false);
      v.drag = { made: { id: "new", frame: frame(), p: from, q: from, name: "" } };
    } else if (v.tool === "draw") {
      if (v.playing) play(false);
      v.drag = { line: [from] };
    } else {
      const found = hit(at);
      if (found && found.caliper) {
        v.selected = { caliper: found.caliper.id };
        const { p, q } = found.caliper;
        v.drag = { ...found, from, was: [[...p], [...q]], moved: false };
      } else if (found) {
        v.selected = { region: found.region.label };
        v.drag = { ...found, from, was: found.region.even.map((p) => [...p]), moved: false };
      } else v.drag = { pan: at, start: [...v.pan], at };
    }
    canvas.setPointerCapture(event.pointerId);
    draw();
  };
  canvas.onpointermove = (event) => {
    if (!v.model) return;
    const at = spot(event), d = v.drag;
    if (!d) {
      if (!v.tool) canvas.style.cursor = hit(at) ? "grab" : v.zoom > 1 ? "move" : "default";
      return;
    }
    const to = inside(toSource(at));
    if (d.made) d.made.q = to;
    else if (d.line) {
      if (far(toCanvas(d.line.at(-1)), at) > 3 * (window.devicePixelRatio || 1)) d.line.push(to);
    }
    else if (d.region) {
      d.moved = true;
      d.region.even = bend(d.was, d.handle, [to[0] - d.from[0], to[1] - d.from[1]]);
    } else if (d.caliper) {
      d.moved = true;
      const by = [to[0] - d.from[0], to[1] - d.from[1]];
      if (d.end !== "q") d.caliper.p = inside([d.was[0][0] + by[0], d.was[0][1] + by[1]]);
      if (d.end !== "p") d.caliper.q = inside([d.was[1][0] + by[0], d.was[1][1] + by[1]]);
    } else if (v.zoom > 1) {
      v.pan = [d.start[0] + (at[0] - d.pan[0]) / scale(), d.start[1] + (at[1] - d.pan[1]) / scale()];
    }
    draw();
  };
  canvas.onpointerup = (event) => {
    const d = v.drag, later = waiting;
    v.drag = null;
    waiting = null;
    if (!d) return;
    if (later && !(d.moved || d.made || d.line)) v.update(later);
    if (d.made) {
      v.tool = null;
      if (far(toCanvas(d.made.p), toCanvas(d.made.q)) > 8) {
        v.fresh = "c" + Date.now().toString(36);
        const made = { ...d.made, id: v.fresh };
        v.model.calipers.push(made);
        v.selected = { caliper: made.id };
        sendCaliper(made);
      } else if (later) v.update(later);
    } else if (d.line) {
      if (d.line.length > 7) {
        v.tool = null;
        drawn(d.line);
      } else if (later) v.update(later);
    } else if (d.region && d.moved) {
      d.region.points = d.region.even;
      v.send({ type: "contour", frame: d.region.frame, label: d.region.label,
        points: round(d.region.even) });
    } else if (d.caliper && d.moved) sendCaliper(d.caliper);
    else if (d.pan && far(spot(event), d.at) < 4) {
      const region = regionAt(spot(event));
      if (v.playing || !region) play(!v.playing && !region && !v.selected);
      v.selected = region ? { region: region.label } : null;
    }
    draw();
  };
  canvas.onpointercancel = () => {
    v.drag = null;
    if (waiting) v.update(waiting); else draw();
  };
  canvas.onwheel = (event) => {
    if (!event.ctrlKey && !event.altKey && v.zoom === 1 && event.deltaY > 0) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, spot(event));
  };
  const round = (points) => points.map((p) => p.map((n) => Math.round(n * 100) / 100));
  function drawn(line) {
    // Closed by its ends; shown until Python's word comes.
    const { label, name, colour, fill } = v.model.drawn, at = frame();
    const points = resample(line, POINTS);
    v.model.regions = v.model.regions.filter((r) => r.label !== label || r.frame !== at);
    v.model.regions.push({ frame: at, label, name, colour, fill, points });
    v.selected = { region: label };
    legend();
    v.send({ type: "contour", frame: at, label, points: round(points) });
  }
  function sendCaliper(c) {
    const [p, q] = round([c.p, c.q]);
    v.send({ type: "caliper", id: c.id, frame: c.frame, p, q });
  }

  // ---- commands
  function mark(kind) {
    const f = frame(), other = kind === "ed" ? "es" : "ed", set = [...v.model[kind]];
    if (v.playing) play(false);
    let next;
    if (set.includes(f)) next = set.filter((g) => g !== f);
    else {
      // A mark close by is moved; otherwise this is one more beat.
      const near = Math.max(2, v.model.total * .12, .15 * (v.model.source_fps || 0));
      const close = set.filter((g) => Math.abs(g - f) <= near)
        .sort((a, b) => Math.abs(a - f) - Math.abs(b - f))[0];
      next = [...set.filter((g) => g !== close), f].sort((a, b) => a - b);
    }
    v.model[kind] = next;
    v.model[other] = v.model[other].filter((g) => g !== f);
    marks(); draw();
    v.send({ type: "phases", ed: v.model.ed, es: v.model.es });
  }
  function take(tool) {
    if (v.playing) play(false);
    v.tool = v.tool ? null : tool;
    draw();
  }
  const commands = {
    play: () => play(!v.playing),
    back: () => show(v.at - 1, true),
    next: () => show(v.at + 1, true),
    ed: () => mark("ed"),
    es: () => mark("es"),
    caliper: () => take("caliper"),
    draw: () => take("draw"),
    delete: () => {
      const id = v.selected && v.selected.caliper;
      if (!id) return;
      v.model.calipers = v.model.calipers.filter((c) => c.id !== id);
      v.selected = null;
      draw();
      v.send({ type: "caliper_delete", id });
    },
    out: () => zoom(1 / 1.25), in: () => zoom(1.25),
    fit: () => { v.zoom = 1; v.pan = [0, 0]; draw(); },
    undo: () => { if (v.model.can_undo) v.send({ type: "undo" }); },
    redo: () => { if (v.model.can_redo) v.send({ type: "redo" }); },
  };
  root.querySelectorAll("[data-do]").forEach((button) => {
    button.onclick = () => v.model && commands[button.dataset.do]();
  });
  scrub.oninput = () => show(Number(scrub.value), true);
  speed.onchange = () => { last = 0; wait = 0; };

  // ---- keys
  function key(event) {
    if (!v.model || !box.isConnected || document.querySelector('[role="dialog"]')) return;
    const target = event.composedPath()[0], own = event.composedPath().includes(box);
    const typing = target.matches && target.matches(
      'input:not([type="range"]), textarea, select, [contenteditable="true"], [role="combobox"]');
    if (typing || (!own && target.closest && target.closest('[data-testid="stDataFrame"], [role="tab"]'))) return;
    const button = target.tagName === "BUTTON" || target.tagName === "A";
    const control = event.ctrlKey || event.metaKey, k = event.key.toLowerCase();
    let run = null;
    if (control && k === "z") run = event.shiftKey ? commands.redo : commands.undo;
    else if (control && k === "y") run = commands.redo;
    else if (control || event.altKey) return;
    else if (k === " ") { if (!(button && !own)) run = commands.play; }
    else if (k === "arrowleft") run = () => show(v.at - (event.shiftKey ? 10 : 1), true);
    else if (k === "arrowright") run = () => show(v.at + (event.shiftKey ? 10 : 1), true);
    else if (own && k === "home") run = () => show(0, true);
    else if (own && k === "end") run = () => show(v.model.indices.length - 1, true);
    else if (k === "escape") { if (v.tool) run = commands[v.tool]; }
    else {
      const here = (name) => ($(`[data-do="${name}"]`).hidden ? null : commands[name]);
      run = { e: here("ed"), s: here("es"), c: here("caliper"), d: here("draw"),
        delete: commands.delete, backspace: commands.delete, "+": commands.in, "=": commands.in,
        "-": commands.out, 0: commands.fit }[k];
    }
    if (!run) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    run();
  }
  window.addEventListener("keydown", key, true);
  const watch = new ResizeObserver(() => v.model && size());
  watch.observe(box);

  v.destroy = () => {
    window.removeEventListener("keydown", key, true);
    watch.disconnect();
    cancelAnimationFrame(raf);
    clearTimeout(telling);
    bitmaps.forEach((image) => image && image.close());
    bitmaps.clear();
    v.playing = false;
    forget();
  };
  return v;
}
