const detail = document.getElementById("detail");
const element = (name, text, parent) => {
  const node = document.createElement(name);
  node.textContent = text;
  parent.append(node);
  return node;
};
const describeFault = (item, parent) => {
  for (const fault of item.faults) {
    const until = fault.took < 0 ? "the end" : shown(fault.end);
    const fired = fault.fired < 0 ? "" : `, fired ${fault.fired} times`;
    element("div", `${texts[fault.kind]} ${memberName(fault.target)} from ${shown(fault.begin)} to ${until}${fired}`, parent);
  }
};
const describeOperation = (item, parent) => {
  const first = element("div", "", parent);
  element("strong", texts[item.name], first);
  first.append(` ${item.kind}, ${OUTCOMES[item.outcome]}${item.error ? ` (${texts[item.error]})` : ""}, took ${shown(item.took)}, at ${shown(item.begin)}`);
  if (item.settled) {
    first.append(`; ${item.settled.outcome ? "not applied" : "applied"}, known after ${item.settled.by} at ${shown(item.settled.at)}`);
  } else if (item.outcome === 2) {
    first.append("; nothing settled it");
  }
  const second = element("div", "", parent);
  if (item.kind === "command") {
    second.append(`${clientNames.get(item.client)}, ${memberName(item.member)}, connection ${item.connection}, ${texts[item.namespace]}${item.retryOf ? ", a retry" : ""} `);
    if (item.body) element("code", texts[item.body], second);
  } else {
    second.append(`${taskNames.get(item.task)}, ${item.commands.length} commands`);
  }
};
const describe = (item) => {
  detail.replaceChildren();
  if (!item) return;
  const call = item.kind === "call" ? item : item.owner;
  if (item.kind === "fault") describeFault(item, detail);
  else if (item.kind === "print") element("div", `printed at ${shown(item.begin)}: ${texts[item.name]}`, detail);
  else if (item.kind === "span") element("div", `${texts[item.name]}, took ${shown(item.took)}, at ${shown(item.begin)}`, detail);
  else describeOperation(item, detail);
  document.querySelectorAll("tr.here").forEach((row) => row.classList.remove("here"));
  if (call && call.line) {
    element("div", `line ${call.line} of ${texts[call.source]}`, detail);
    rowOf(call)?.classList.add("here");
  } else if (item.kind === "command") {
    element("div", "the line that caused it is not known", detail);
  }
  const link = element("a", "Link to this operation", detail);
  link.href = `#${item.kind}-${item.id}`;
};
// Shows a row of the script, where the script scrolls on its own.
const reveal = (row, above = 200) => {
  const box = row?.closest(".wide");
  if (!box || box.scrollHeight <= box.clientHeight) return;
  const top = row.offsetTop - box.scrollTop;
  if (top < 40 || top > Math.min(box.clientHeight - 40, 2 * above)) box.scrollTop = row.offsetTop - above;
};
const rowOf = (call) => {
  const index = raw.sources.indexOf(call.source);
  return document.querySelector(`table[data-source="${index}"] tr[data-line="${call.line}"]`);
};
const choose = (item, isVisible) => {
  chosen = item;
  describe(item);
  reveal(document.querySelector("tr.here"));
  if (item && !isVisible && (item.begin < from || item.begin > to)) {
    const half = (to - from) / 2;
    show(item.begin - half, item.begin + half);
  }
  schedule();
};
const show = (a, b) => {
  const size = Math.min(Math.max(b - a, 20), duration);
  from = Math.min(Math.max(a, 0), duration - size);
  to = from + size;
  schedule();
};
let isScheduled = false;
const schedule = () => {
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(() => { isScheduled = false; draw(); });
};
const zoom = (factor, at = (from + to) / 2) => show(at - (at - from) * factor, at + (to - at) * factor);
const itemAt = (px, py) => {
  const text = spots.find((spot) => px >= spot.left && px <= spot.right && py >= spot.top && py <= spot.top + 15);
  if (text) return text.item;
  const lane = lanes.find((lane) => lane.kind === "slices" && py >= lane.top - 1 && py <= lane.top + lane.height);
  if (!lane || px < namesEnd) return undefined;
  const slack = (to - from) / (width - namesEnd) * 3;
  const at = timeAt(px);
  let best;
  for (let i = firstVisible(lane); i < lane.items.length && lane.items[i].begin <= at + slack; i += 1) {
    if (endOf(lane.items[i]) >= at - slack) best = lane.items[i];
  }
  return best;
};
const spot = (event) => {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};
let drag;
canvas.addEventListener("wheel", (event) => {
  if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    const move = (event.deltaX || event.deltaY) / width * (to - from);
    show(from + move, to + move);
  } else if (event.ctrlKey || event.metaKey || document.activeElement === canvas) {
    zoom(Math.exp(event.deltaY / 400), timeAt(spot(event)[0]));
  } else {
    return;
  }
  event.preventDefault();
}, { passive: false });
canvas.addEventListener("pointerdown", (event) => {
  drag = { start: spot(event)[0], from, to, moved: false };
  canvas.setPointerCapture(event.pointerId);
});
canvas.addEventListener("pointermove", (event) => {
  const [px, py] = spot(event);
  if (drag) {
    const move = (drag.start - px) / (width - namesEnd - 8) * (drag.to - drag.from);
    drag.moved ||= Math.abs(drag.start - px) > 4;
    if (drag.moved) show(drag.from + move, drag.to + move);
    return;
  }
  const item = itemAt(px, py);
  if (item !== hovered) {
    hovered = item;
    describe(hovered ?? chosen);
    schedule();
  }
});
canvas.addEventListener("pointerup", (event) => {
  const wasMoved = drag?.moved;
  drag = undefined;
  if (wasMoved) return;
  const item = itemAt(...spot(event));
  choose(item, true);
  history.replaceState(null, "", item ? `#${item.kind}-${item.id}` : "#");
});
canvas.addEventListener("pointerleave", () => { hovered = undefined; describe(chosen); schedule(); });
const withItems = lanes.filter((lane) => lane.items);
const step = (direction) => {
  const lane = chosen ? place.get(chosen) : withItems[0];
  if (!lane) return;
  const list = lane.items.filter(matches);
  const index = list.indexOf(chosen);
  choose(list[Math.min(Math.max(index + direction, 0), list.length - 1)] ?? chosen);
};
const changeLane = (direction) => {
  const index = withItems.indexOf(chosen ? place.get(chosen) : undefined);
  const lane = withItems[Math.min(Math.max(index + direction, 0), withItems.length - 1)];
  const at = chosen ? chosen.begin : from;
  choose(lane?.items.find((item) => item.begin >= at && matches(item)) ?? lane?.items.at(-1) ?? chosen);
};
const keys = {
  ArrowLeft: () => step(-1),
  ArrowRight: () => step(1),
  ArrowUp: () => changeLane(-1),
  ArrowDown: () => changeLane(1),
  "+": () => zoom(0.6, chosen?.begin),
  "-": () => zoom(1 / 0.6, chosen?.begin),
  0: () => show(0, duration),
  f: () => choose(problems.find((item) => item.begin > (chosen?.begin ?? -1)) ?? problems[0]),
  Escape: () => choose(undefined),
};
canvas.addEventListener("keydown", (event) => {
  const act = keys[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
});
document.getElementById("search").addEventListener("input", (event) => {
  search = event.target.value.trim().toLowerCase();
  schedule();
});
document.getElementById("problems").addEventListener("change", (event) => {
  onlyProblems = event.target.checked;
  schedule();
});
document.getElementById("in").addEventListener("click", () => zoom(0.6, chosen?.begin));
document.getElementById("out").addEventListener("click", () => zoom(1 / 0.6, chosen?.begin));
document.getElementById("all").addEventListener("click", () => { lineFilter = undefined; show(0, duration); });
for (const table of document.querySelectorAll("table.script")) {
  table.dataset.live = "";
  const source = Number(table.dataset.source);
  table.addEventListener("click", (event) => {
    const line = Number(event.target.closest("tr")?.dataset.line);
    const isSame = lineFilter?.line === line && lineFilter.source === source;
    lineFilter = line && !isSame ? { line, source } : undefined;
    const first = lineFilter && calls.find(matches);
    choose(first);
  });
}
const linked = { call: (id) => callById.get(id), command: (id) => commandById.get(id), fault: (id) => faultItems[id], span: (id) => spans[id], print: (id) => prints[id] };
const openLink = () => {
  const [, kind, id] = location.hash.match(/^#(\w+)-(\d+)$/) ?? [];
  if (Object.hasOwn(linked, kind ?? "")) choose(linked[kind](Number(id)));
};
addEventListener("hashchange", openLink);
addEventListener("resize", () => { resize(); schedule(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); schedule(); });
readColours();
resize();
draw();
document.querySelectorAll("table.script").forEach((table) => reveal(table.querySelector("tr:has(.bar)"), 64));
openLink();
