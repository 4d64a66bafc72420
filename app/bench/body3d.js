// The heart, the chest and the probe in three dimensions. Surfaces are drawn once for a patient;
// what moves (fan, probe, the plane that is asked for) is restyled in place, so nothing flickers.
const PROBE = { length: 62, wide: 13, thin: 8, mark: 6 };

function plotly(url) {
  window.echolabPlotly ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => done(window.Plotly);
    script.onerror = () => { window.echolabPlotly = undefined; failed(new Error("no plotly")); };
    document.head.append(script);
  });
  return window.echolabPlotly;
}

const along = (p, ...steps) => steps.reduce(
  (at, [v, by]) => at.map((x, i) => x + v[i] * by), p);
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0]];
const columns = (points) => ({ x: points.map((p) => p[0]), y: points.map((p) => p[1]),
  z: points.map((p) => p[2]) });

function fanPoints(plane, fan) {
  const half = (fan.half_deg * Math.PI) / 180, steps = 20, near = [], far = [];
  for (let n = 0; n <= steps; n++) {
    const a = half * (2 * n / steps - 1);
    const at = (r) => along(plane.origin, [plane.right, r * Math.sin(a)],
      [plane.down, r * Math.cos(a) - fan.face]);
    near.push(at(fan.face + 1));
    far.push(at(fan.face + fan.depth));
  }
  return { near, far };
}

function fanMesh(plane, fan) {
  const { near, far } = fanPoints(plane, fan), n = near.length, i = [], j = [], k = [];
  for (let c = 0; c + 1 < n; c++) {
    i.push(c, c + 1); j.push(c + 1, n + c + 1); k.push(n + c, n + c);
  }
  return { ...columns([...near, ...far]), i, j, k };
}

function fanEdge(plane, fan) {
  const { near, far } = fanPoints(plane, fan);
  return columns([...near, ...far.slice().reverse(), near[0]]);
}

// A box with a cable end; its marker stands on the side that is the picture's right.
function probeMesh(plane) {
  const side = cross(plane.down, plane.right), points = [];
  for (const back of [0, 26, PROBE.length]) {
    const grow = back === 0 ? 1 : back === 26 ? 0.82 : 0.55;
    for (const [a, b] of [[1, 1], [1, -1], [-1, -1], [-1, 1]]) {
      points.push(along(plane.origin, [plane.down, -back], [plane.right, a * PROBE.wide * grow],
        [side, b * PROBE.thin * grow]));
    }
  }
  const i = [], j = [], k = [];
  for (const ring of [0, 4]) {
    for (let c = 0; c < 4; c++) {
      const d = (c + 1) % 4;
      i.push(ring + c, ring + d); j.push(ring + d, ring + 4 + d); k.push(ring + 4 + c, ring + 4 + c);
    }
  }
  i.push(0, 0, 8, 8); j.push(1, 2, 9, 10); k.push(2, 3, 10, 11);
  return { ...columns(points), i, j, k };
}

const markPoint = (plane) => columns([
  along(plane.origin, [plane.down, -10], [plane.right, PROBE.wide + 1]),
  along(plane.origin, [plane.down, -24], [plane.right, PROBE.wide + 1]),
]);

function makeBody(holder, legend) {
  const body = { axes: null, ready: false, drawn: "" };
  let Plotly = null, moving = 0, waiting = null;

  body.load = async (library, anatomyUrl) => {
    if (body.url === anatomyUrl) return;
    body.url = anatomyUrl;
    const [loaded, answer] = await Promise.all([plotly(library), fetch(anatomyUrl)]);
    if (!answer.ok || body.url !== anatomyUrl) return;
    const anatomy = await answer.json();
    if (body.url !== anatomyUrl) return;
    Plotly = loaded;
    body.axes = anatomy.axes;
    const solid = { ambient: 0.5, diffuse: 0.75, specular: 0.12, roughness: 0.8, fresnel: 0.1 };
    const hush = { hoverinfo: "skip", showscale: false, flatshading: false };
    const surfaces = anatomy.surfaces.map((s) => ({ type: "mesh3d", ...s.mesh, ...hush,
      color: s.colour, opacity: s.opacity, lighting: solid }));
    body.first = surfaces.length;
    const nowhere = { x: [0, 0, 0], y: [0, 0, 0], z: [0, 0, 0] };
    const moved = [
      { type: "mesh3d", ...nowhere, i: [0], j: [1], k: [2], ...hush, color: "#66d9e8",
        opacity: 0.42, lighting: { ambient: 1, diffuse: 0 } },
      { type: "scatter3d", mode: "lines", ...nowhere, hoverinfo: "skip",
        line: { color: "#9ff0fb", width: 5 } },
      { type: "mesh3d", ...nowhere, i: [0], j: [1], k: [2], ...hush, color: "#d8dee5", opacity: 1,
        lighting: solid, flatshading: true },
      { type: "scatter3d", mode: "lines", ...nowhere, hoverinfo: "skip",
        line: { color: "#ffd43b", width: 14 } },
      { type: "scatter3d", mode: "lines", ...nowhere, hoverinfo: "skip", visible: false,
        line: { color: "#40c98a", width: 4, dash: "dash" } },
    ];
    const axis = (name) => ({ visible: false, autorange: false, range: anatomy.range[name] });
    const layout = { margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: "rgba(0,0,0,0)",
      showlegend: false, uirevision: "body", scene: { aspectmode: "data", dragmode: "orbit",
        camera: anatomy.camera, xaxis: axis("x"), yaxis: axis("y"), zaxis: axis("z") } };
    await Plotly.react(holder, [...surfaces, ...moved], layout,
      { displayModeBar: false, responsive: true, scrollZoom: true });
    legend.replaceChildren(...anatomy.surfaces.filter((s) => s.name).map((s) => {
      const item = document.createElement("span"), dot = document.createElement("i");
      dot.style.background = s.colour;
      item.append(dot, s.name);
      return item;
    }));
    body.ready = true;
    body.drawn = "";
  };

  // Planes are told in the heart's frame.
  const inBody = (plane) => Object.fromEntries(Object.entries(plane).map(([name, v]) =>
    [name, body.axes.map((axis) => axis[0] * v[0] + axis[1] * v[1] + axis[2] * v[2])]));

  // At most one redraw at a time: a slow graphics card shows fewer positions, never a queue.
  body.show = async (held, asked, fan) => {
    const key = JSON.stringify([held, asked, fan]);
    if (!body.ready || key === body.drawn) return;
    waiting = moving ? [held, asked, fan] : null;
    if (moving) return;
    moving = 1;
    body.drawn = key;
    const plane = inBody(held), wanted = asked && inBody(asked);
    const parts = [fanMesh(plane, fan), fanEdge(plane, fan), probeMesh(plane), markPoint(plane),
      wanted ? fanEdge(wanted, fan) : { x: [0], y: [0], z: [0] }];
    const change = { x: [], y: [], z: [], visible: [] };
    for (const part of parts) for (const name of "xyz") change[name].push(part[name]);
    change.visible = [true, true, true, true, Boolean(wanted)];
    for (const name of "ijk") change[name] = parts.map((part) => part[name]);
    const traces = parts.map((_, n) => body.first + n);
    try {
      await Plotly.restyle(holder, change, traces);
    } finally {
      // The echo has the first call on a machine without a graphics card.
      setTimeout(() => { moving = 0; if (waiting) body.show(...waiting); }, 40);
    }
  };

  body.end = () => { if (Plotly) Plotly.purge(holder); };
  return body;
}
