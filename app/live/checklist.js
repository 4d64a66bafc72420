// The protocol's places with their thumbnails. line.js stands before this.
const lists = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let list = lists.get(parentElement);
  if (!list) {
    list = makeList(parentElement, () => lists.delete(parentElement));
    lists.set(parentElement, list);
  }
  list.tell = (changes) => setTriggerValue("changes", changes);
  list.update(data);
  return list.end;
}

function makeList(root, forget) {
  const $ = (name) => root.querySelector(name);
  const box = $(".list"), v = { data: null, line: null };
  let shown = null, state = null;

  function make(tag, name, words = "") {
    const made = document.createElement(tag);
    made.className = name;
    made.textContent = words;
    if (tag === "button") made.type = "button";
    return made;
  }

  function show(next) {
    const { words } = v.data;
    if (state && (state.changes !== next.changes || state.exam !== next.exam)) v.tell(`${next.exam} ${next.changes}`);
    state = next;
    box.dataset.complete = next.complete;
    box.dataset.filled = next.entries.filter((each) => each.clip).length;
    $(".done").textContent = next.complete ? `✓ ${words.complete}` : next.done;
    $(".auto input").checked = next.auto;
    const asked = next.protocols.map((each) => {
      const button = make("button", "", each.name);
      button.append(make("small", "", each.count));
      button.setAttribute("role", "radio");
      button.setAttribute("aria-checked", String(each.id === next.protocol));
      button.dataset.protocol = each.id;
      button.onclick = () => v.line.say({ do: "protocol", value: each.id });
      return button;
    });
    if (shown !== JSON.stringify([next.protocols, next.protocol])) {
      shown = JSON.stringify([next.protocols, next.protocol]);
      $(".protocols").replaceChildren(...asked);
    }
    const holder = $(".places"), known = new Map([...holder.children].map((each) => [each.dataset.view, each]));
    holder.replaceChildren(...next.entries.map((entry) => {
      const facts = JSON.stringify([entry, next.exam, words]), old = known.get(entry.view);
      return old?.echolabFacts === facts ? old : place(entry, facts, words);
    }));
  }

  function place(entry, facts, words) {
    const made = make("div", "place");
    made.echolabFacts = facts;
    made.title = entry.kept ? `${entry.name} · ${entry.kept}` : entry.name;
    for (const name of ["view", "next", "writing", "standard", "clip"]) made.dataset[name] = entry[name];
    const picture = make("div", "picture");
    if (entry.clip && entry.picture) {
      const image = make("img", "");
      image.alt = entry.name;
      image.src = new URL(`live/clip/${v.data.token}/${entry.clip}.png?exam=${state.exam}`, document.baseURI);
      picture.append(image);
    } else {
      picture.append(make("span", "empty", entry.writing ? words.writing : entry.next ? words.next : ""));
    }
    made.append(picture);
    if (entry.clip) made.append(make("span", "tick", "✓"));
    if (entry.count > 1) made.append(make("span", "count", `×${entry.count}`));
    const foot = make("div", "foot");
    foot.append(make("b", "", entry.view));
    if (entry.clip) {
      const again = make("button", "again", "↻");
      again.setAttribute("aria-label", words.again);
      again.title = `${words.again}: ${entry.again ? words.waits : words["again.help"]}`;
      again.setAttribute("aria-pressed", String(entry.again));
      again.onclick = () => v.line.say({ do: "again", value: entry.view });
      foot.append(again);
    }
    made.append(foot);
    return made;
  }

  $(".auto input").onchange = (event) => v.line.say({ do: "auto", value: event.target.checked });

  v.update = (data) => {
    const other = v.data?.token !== data.token;
    v.data = data;
    $(".title").textContent = data.words.protocol;
    $(".auto span").textContent = data.words.auto;
    $(".protocols").setAttribute("aria-label", data.words.protocol);
    if (state && !other) show(state);
    if (!other) return;
    v.line?.end();
    state = null;
    v.line = makeLine(`live/line/${data.token}?part=checklist`, { hear: show, lost: () => {
      $(".done").textContent = v.data.words.lost;
    } });
  };
  v.end = () => { v.line?.end(); v.line = null; forget(); };
  return v;
}
