// The probe on the chest, seen from in front by who stands at the patient's right: it makes the
// movement that is asked for, over and over. Body axes: to the patient's left, to the back, up; mm.
const SKEW = [-0.55, 0.6]; // where on the screen a millimetre toward the viewer goes
const LOOP_MS = 2400, FRAME_MS = 45, LENGTH = 92, STRETCH = 26;
const SECTIONS = [ // of the probe from its face to its tail: along, half widths
  [0, 18, 9], [8, 19, 10], [30, 18, 10], [44, 11, 10], [LENGTH, 12, 11]];
const SHOWN = { parasternal: [-150, -140], apical: [-70, -78], subcostal: [-172, -76],
  suprasternal: [-166, -190] }; // upper left corner of what is seen of the chest, by window
const NS = "http://www.w3.org/2000/svg";

const add = (a, b, k = 1) => a.map((v, i) => v + k * b[i]);
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const unit = (a) => a.map((v) => v / Math.hypot(...a));
const turned = (a, b, angle) => // a toward b, both of length one and at right angles
  add(a.map((v) => v * Math.cos(angle)), b, Math.sin(angle));
const onScreen = ([x, y, z], at) => [ // the skin is drawn flat: only what stands off it is skewed
  x - (y - at[1]) * SKEW[0], -z - (y - at[1]) * SKEW[1]];
const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)},${y.toFixed(1)}`).join("");

function hull(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const side = (list) => {
    const kept = [];
    for (const p of list) {
      while (kept.length > 1) {
        const [a, b] = kept.slice(-2);
        if ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0) break;
        kept.pop();
      }
      kept.push(p);
    }
    return kept.slice(0, -1);
  };
  return [...side(sorted), ...side(sorted.reverse())];
}

const normalOf = (pose) => cross(pose.down, pose.right); // toward who looks at the picture

function withDown(pose, down) {
  const d = unit(down), r = add(pose.right, d, -dot(pose.right, d));
  return { ...pose, down: d, right: unit(r) };
}

function moved(pose, ask, part) {
  const sense = ask.forward ? 1 : -1, n = normalOf(pose);
  const way = ask.toward === null ? null
    : [Math.cos(ask.toward * Math.PI / 180), 0, Math.sin(ask.toward * Math.PI / 180)];
  switch (ask.movement) {
    case "rotate_deg":
      return { ...pose, right: turned(pose.right, n, sense * part * 0.75) };
    case "tilt_deg":
      return withDown(pose, way ? add(pose.down, way, -0.55 * part) : add(pose.down, n, -0.55 * sense * part));
    case "rock_deg":
      return withDown(pose, way ? add(pose.down, way, -0.55 * part) : add(pose.down, pose.right, 0.55 * sense * part));
    case "slide_x_mm":
      return { ...pose, at: add(pose.at, way ?? pose.right, (way ? 1 : sense) * STRETCH * part) };
    case "slide_y_mm":
      return { ...pose, at: add(pose.at, way ?? n, (way ? 1 : sense) * STRETCH * part) };
    default: // press: stands off the skin and comes down, or the other way round
      return { ...pose, lift: sense > 0 ? 16 * (1 - part) : 16 * part };
  }
}

function outline(pose) {
  const n = normalOf(pose), back = pose.down.map((v) => -v);
  const foot = add(pose.at, back, pose.lift ?? 0);
  const rings = SECTIONS.map(([along, wide, thick]) => {
    const centre = add(foot, back, along);
    return Array.from({ length: 16 }, (_, i) => {
      const a = i * Math.PI / 8;
      return onScreen(add(add(centre, pose.right, wide * Math.cos(a)), n, thick * Math.sin(a)), pose.at);
    });
  });
  const place = (along, right = 0, normal = 0) =>
    onScreen(add(add(add(foot, back, along), pose.right, right), n, normal), pose.at);
  const tail = place(LENGTH), end = place(LENGTH + 26);
  const beam = [-0.62, -0.4, -0.2, 0, 0.2, 0.4, 0.62].map((a) =>
    onScreen(add(foot, turned(pose.down, pose.right, a), 74), pose.at));
  return {
    body: rings.slice(1).map((ring, i) => `${path(hull([...rings[i], ...ring]))}Z`),
    face: `${path(rings[0])}Z`,
    fan: `${path([place(0, -17), ...beam, place(0, 17)])}Z`,
    cable: `M${tail}Q${end} ${[end[0] + (end[0] < 20 ? -16 : 16), end[1] + 34]}`,
    marker: place(16, 20, 0),
    place,
  };
}

function arrowOf(pose, ask) {
  if (ask.movement === "rotate_deg") {
    const sense = ask.forward ? 1 : -1, now = outline(pose);
    return Array.from({ length: 25 }, (_, i) => {
      const a = sense * (-0.9 + i * 0.165);
      return now.place(62, 34 * Math.cos(a), 34 * Math.sin(a));
    });
  }
  const spot = { slide_x_mm: 0, slide_y_mm: 0, press_mm: LENGTH + 8 }[ask.movement] ?? LENGTH + 6;
  const points = Array.from({ length: 12 }, (_, i) =>
    outline(moved(pose, ask, -0.15 + 1.4 * i / 11)).place(spot));
  if (ask.movement !== "press_mm") return points;
  const [a, b] = [points[0], points.at(-1)], long = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
  return [a, [a[0] + 34 * (b[0] - a[0]) / long, a[1] + 34 * (b[1] - a[1]) / long]];
}

function headOf(points) {
  const [a, b] = points.slice(-2), angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
  const wing = (turn) => [b[0] - 17 * Math.cos(angle + turn), b[1] - 17 * Math.sin(angle + turn)];
  const tip = [b[0] + 9 * Math.cos(angle), b[1] + 9 * Math.sin(angle)];
  return `${path([wing(0.6), tip, wing(-0.6)])}Z`;
}

// What `makeProbe(svg)` gives draws `ask`: kind, view, movement, forward, toward (degrees), turn.
function makeProbe(svg) {
  const part = (name, tag = "path") => {
    const made = document.createElementNS(NS, tag);
    made.setAttribute("class", name);
    svg.querySelector(".hand").append(made);
    return made;
  };
  const parts = { ring: part("ring", "circle"), fan: part("fan"), ghost: part("ghost"),
    cable: part("cable"), face: part("face"), body: SECTIONS.slice(1).map(() => part("probe")),
    marker: part("marker", "circle"), arrow: part("arrow"), head: part("head") };
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let asked = "", pose = null, ask = null, began = 0, drawn = 0, timer = 0;

  function draw(now) {
    if (!svg.isConnected) { timer = 0; return; }
    timer = requestAnimationFrame(draw);
    if (!pose || document.hidden || now - drawn < FRAME_MS) return;
    drawn = now;
    const along = ((now - began) % LOOP_MS) / LOOP_MS;
    const ease = Math.min(1, Math.max(0, (along - 0.12) / 0.5));
    const part = still ? 1 : ease * ease * (3 - 2 * ease);
    let shown = pose;
    if (ask.kind === "move") shown = moved(pose, ask, part);
    if (ask.kind === "place") shown = { ...pose, lift: still ? 0 : 22 * (1 - part) };
    const now3d = outline(shown);
    parts.body.forEach((each, i) => each.setAttribute("d", now3d.body[i]));
    for (const name of ["face", "fan", "cable"]) parts[name].setAttribute("d", now3d[name]);
    const [x, y] = now3d.marker;
    parts.marker.setAttribute("cx", x);
    parts.marker.setAttribute("cy", y);
  }

  function show(next, poses) {
    const key = JSON.stringify([next.kind, next.view, next.movement, next.forward, next.toward, next.turn]);
    if (key === asked) return;
    asked = key;
    ask = next;
    svg.dataset.kind = next.kind;
    const base = poses[next.view];
    svg.dataset.probe = String(Boolean(base));
    pose = base ? { ...base } : null;
    if (base) svg.setAttribute("viewBox", `${SHOWN[base.window].join(" ")} 296 278`);
    if (pose) {
      if (next.kind === "move") pose.right = turned(pose.right, normalOf(pose), -(next.turn ?? 0) * Math.PI / 180);
      const points = next.kind === "move" ? arrowOf(pose, next) : [];
      parts.arrow.setAttribute("d", points.length ? path(points) : "");
      parts.head.setAttribute("d", points.length ? headOf(points) : "");
      const start = outline(next.kind === "move" ? moved(pose, next, 0) : pose);
      parts.ghost.setAttribute("d", next.kind === "move" ? start.body.join("") : "");
      const [x, y] = onScreen(pose.at, pose.at);
      parts.ring.setAttribute("cx", x);
      parts.ring.setAttribute("cy", y);
      parts.ring.setAttribute("r", 30);
    }
    began = performance.now();
    drawn = 0;
    if (!timer) timer = requestAnimationFrame(draw);
  }
  return { show, end: () => cancelAnimationFrame(timer) };
}
