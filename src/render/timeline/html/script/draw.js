const view = document.getElementById("view");
const canvas = document.createElement("canvas");
canvas.tabIndex = 0;
canvas.setAttribute("role", "application");
canvas.setAttribute("aria-label", "Timeline. Left and right go to the operation before or after, up and down to another lane, + and - zoom, 0 shows all, f goes to the next failed or unknown operation.");
view.replaceChildren(canvas);
document.getElementById("tools").hidden = false;
const draw2d = canvas.getContext("2d");
let from = 0;
let to = duration;
let chosen;
let hovered;
let search = "";
let onlyProblems = false;
let lineFilter;
let colours = {};
let width = 0;
// Where the names of the lanes end.
let namesEnd = 0;
const RIGHT = 8;

const widths = new Map();
const widthOf = (text) => {
  let size = widths.get(text);
  if (size === undefined) widths.set(text, size = draw2d.measureText(text).width);
  return size;
};

const readColours = () => {
  const style = getComputedStyle(document.documentElement);
  const probe = document.createElement("span");
  document.body.append(probe);
  for (const name of ["text", "quiet", "line", "back", "ok", "failed", "unknown", "primary", "secondary", "fault"]) {
    probe.style.color = style.getPropertyValue(`--${name}`);
    colours[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  const tile = new OffscreenCanvas(6, 6);
  const drawing = tile.getContext("2d");
  drawing.strokeStyle = colours.fault;
  drawing.lineWidth = 1.2;
  for (const shift of [-6, 0, 6]) {
    drawing.moveTo(shift, 6);
    drawing.lineTo(shift + 6, 0);
  }
  drawing.stroke();
  colours.hatch = draw2d.createPattern(tile, "repeat");
};
const x = (at) => namesEnd + (at - from) / (to - from) * (width - namesEnd - RIGHT);
const inside = (at) => Math.min(Math.max(x(at), namesEnd), width - RIGHT);
const timeAt = (px) => from + (px - namesEnd) / (width - namesEnd - RIGHT) * (to - from);
const colourOf = (item) => item.kind === "call" || item.kind === "command" ? colours[OUTCOMES[item.outcome]] : colours.quiet;
const words = (item) => `${item.text ?? texts[item.name]} ${texts[item.error]} ${item.kind === "command" ? texts[item.namespace] : ""}`.toLowerCase();
const matches = (item) => {
  if (onlyProblems && !item.outcome && item.kind !== "fault") return false;
  if (lineFilter) {
    const call = item.kind === "call" ? item : item.owner;
    if (!call || call.line !== lineFilter.line || raw.sources.indexOf(call.source) !== lineFilter.source) return false;
  }
  return !search || words(item).includes(search);
};
// The first item that may reach into the visible part.
const firstVisible = (lane) => {
  let low = 0;
  let high = lane.items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lane.far[middle] < from) low = middle + 1; else high = middle;
  }
  return low;
};
// Writes a text that ends at `right`, if there is room for some of it.
const clipped = (text, left, base, right) => {
  if (right - left < 12) return;
  draw2d.save();
  draw2d.beginPath();
  draw2d.rect(left, 0, right - left, height);
  draw2d.clip();
  draw2d.fillText(text, left, base);
  draw2d.restore();
};

const drawSlices = (lane) => {
  let drawnTo = -1;
  let worst = 0;
  const gap = lane.height > 4 ? 1 : lane.height > 2 ? 0.5 : 0;
  for (let i = firstVisible(lane); i < lane.items.length; i += 1) {
    const item = lane.items[i];
    if (item.begin > to) break;
    const left = Math.max(x(item.begin), namesEnd);
    const right = Math.min(x(endOf(item)), width - RIGHT);
    const isShown = matches(item);
    // Slices in one pixel are one, with the worst outcome.
    if (right < drawnTo + 0.7 && item.outcome <= worst && item !== chosen) continue;
    worst = right < drawnTo + 0.7 ? item.outcome : 0;
    drawnTo = Math.max(drawnTo, right, left + 1);
    draw2d.globalAlpha = isShown ? 1 : 0.12;
    draw2d.fillStyle = colourOf(item);
    if (right >= namesEnd) {
      draw2d.fillRect(left, lane.top, Math.max(right - left, 1), lane.height - gap);
    }
    if (item.outcome === 2) {
      const until = inside(item.settled ? item.settled.at : duration);
      const start = Math.max(right, namesEnd);
      draw2d.globalAlpha *= 0.3;
      draw2d.fillRect(start, lane.top + lane.height / 3, Math.max(until - start, 0), lane.height / 3);
      draw2d.globalAlpha = isShown ? 1 : 0.12;
    }
    if (lane.height >= 12 && right - left > 30) {
      draw2d.fillStyle = colours.back;
      const letter = ["", "F ", "? "][item.outcome];
      clipped(`${letter}${texts[item.name]}${item.line ? `, line ${item.line}` : ""}`, left + 3, lane.top + lane.height / 2 + 4, right - 3);
    }
    if (item === chosen || item === hovered) {
      draw2d.globalAlpha = 1;
      draw2d.strokeStyle = colours.text;
      draw2d.lineWidth = 2;
      draw2d.strokeRect(left - 1, lane.top - 1, Math.max(right - left, 1) + 2, lane.height + 1);
    }
  }
  draw2d.globalAlpha = 1;
};

const drawPool = (lane) => {
  const base = lane.top + lane.height;
  const scale = lane.height / Math.max(lane.most, lane.limit && lane.limit <= 2 * lane.most ? lane.limit : 0);
  draw2d.globalAlpha = 0.75;
  const level = (left, size, used, waiting) => {
    draw2d.fillStyle = colours.ok;
    draw2d.fillRect(left, base - used * scale, size, used * scale);
    if (!waiting) return;
    draw2d.fillStyle = colours.unknown;
    draw2d.fillRect(left, base - (used + waiting) * scale, size, waiting * scale);
  };
  // Samples in one pixel are one, with the most connections.
  let pixel;
  lane.samples.forEach((sample, index) => {
    const next = lane.samples[index + 1];
    if (sample.at > to || (next ? next.at : duration) < from) return;
    const left = inside(sample.at);
    const right = inside(next ? next.at : duration);
    if (pixel && left >= pixel.left + 1) {
      level(pixel.left, pixel.right - pixel.left, pixel.used, pixel.waiting);
      pixel = undefined;
    }
    if (right - left >= 1) {
      level(left, right - left, sample.used, sample.waiting);
      return;
    }
    pixel ??= { left, used: 0, waiting: 0 };
    pixel.right = right;
    if (sample.used + sample.waiting > pixel.used + pixel.waiting) Object.assign(pixel, { used: sample.used, waiting: sample.waiting });
  });
  if (pixel) level(pixel.left, pixel.right - pixel.left, pixel.used, pixel.waiting);
  draw2d.globalAlpha = 1;
  const isLimitShown = lane.limit && lane.limit * scale <= lane.height + 0.5;
  if (isLimitShown) {
    draw2d.strokeStyle = colours.text;
    draw2d.setLineDash([5, 4]);
    draw2d.beginPath();
    draw2d.moveTo(namesEnd, base - lane.limit * scale);
    draw2d.lineTo(width - RIGHT, base - lane.limit * scale);
    draw2d.stroke();
    draw2d.setLineDash([]);
  }
  const waiting = lane.samples.reduce((most, sample) => Math.max(most, sample.waiting), 0);
  const used = lane.samples.reduce((most, sample) => Math.max(most, sample.used), 0);
  const text = `${used}${lane.limit ? ` of ${lane.limit}` : ""} in use${waiting ? `, ${waiting} waiting` : ""}`;
  // Beside the area, not on it.
  const first = lane.samples.find((sample) => sample.used + sample.waiting > lane.most / 4);
  const last = lane.samples.findLast((sample) => sample.used + sample.waiting > lane.most / 4);
  const size = widthOf(text);
  const after = inside(last ? last.at : from) + 12;
  const before = inside(first ? first.at : from) - size - 8;
  const left = after + size < width - RIGHT ? after : before;
  const isVisible = first && first.at < to && last.at > from;
  draw2d.fillStyle = colours.text;
  if (isVisible && left >= namesEnd) draw2d.fillText(text, left, base - 4);
};

const sampled = (list) => {
  // A spread of more than 100,000 arguments is too much for a call.
  const step = Math.ceil(list.length / 50000);
  return step > 1 ? list.filter((item, index) => index % step === 0 || item.took > 1e6) : list;
};
const slowest = Math.max(1000, ...sampled(commands).map((command) => command.took));
const latencyY = (lane, took) => lane.top + lane.height * (1 - Math.log10(Math.max(took, 10) / 10) / Math.log10(slowest / 10));
const drawLatency = (lane) => {
  draw2d.fillStyle = colours.quiet;
  draw2d.strokeStyle = colours.line;
  let lowest = height;
  for (let mark = 100; mark <= slowest; mark *= 10) {
    const top = latencyY(lane, mark);
    draw2d.beginPath();
    draw2d.moveTo(namesEnd, top);
    draw2d.lineTo(width - RIGHT, top);
    draw2d.stroke();
    if (lane.height < 40 || lowest - top < 11 || top < lane.top + 16) continue;
    lowest = top;
    draw2d.textAlign = "right";
    draw2d.fillText(shown(mark).replace(".0", ""), namesEnd - 8, top + 4);
    draw2d.textAlign = "left";
  }
  // Rare outcomes come last, so that they are on top.
  for (const outcome of [0, 1, 2]) {
    draw2d.fillStyle = colours[OUTCOMES[outcome]];
    let before = "";
    for (const command of commands) {
      if (command.outcome !== outcome || command.begin > to || endOf(command) < from) continue;
      const left = Math.round(x(command.begin));
      const top = Math.round(latencyY(lane, command.took));
      const spot = `${left},${top}`;
      if (left < namesEnd || spot === before) continue;
      before = spot;
      draw2d.globalAlpha = matches(command) ? (outcome ? 1 : 0.6) : 0.08;
      const size = outcome ? 5 : 3;
      draw2d.fillRect(left - size / 2, top - size / 2, size, size);
    }
  }
  draw2d.globalAlpha = 1;
};

const middle = (item) => place.get(item).top + place.get(item).height / 2;
const arrow = (a, b) => {
  const [x1, y1, x2, y2] = [x(a.begin), middle(a), x(b.begin), middle(b)];
  draw2d.strokeStyle = colours.text;
  draw2d.lineWidth = 1.5;
  draw2d.beginPath();
  draw2d.moveTo(x1, y1);
  draw2d.bezierCurveTo(x1 + 16, y1, x2 - 24, y2, x2, y2);
  draw2d.moveTo(x2 - 6, y2 - 4);
  draw2d.lineTo(x2, y2);
  draw2d.lineTo(x2 - 6, y2 + 4);
  draw2d.stroke();
};
const drawArrows = (item) => {
  const call = item.kind === "call" ? item : item.owner;
  if (!call || !call.commands) return;
  draw2d.save();
  draw2d.beginPath();
  draw2d.rect(namesEnd, 0, width - namesEnd - RIGHT, height);
  draw2d.clip();
  for (const command of call.commands.slice(0, 50)) {
    if (command.retryOf && place.has(command.retryOf)) arrow(command.retryOf, command); else arrow(call, command);
  }
  draw2d.restore();
};

const drawAxis = () => {
  const base = height - 22;
  draw2d.fillStyle = colours.quiet;
  draw2d.fillRect(namesEnd, base, width - namesEnd - RIGHT, 1);
  const rough = (to - from) / Math.max(2, (width - namesEnd) / 110);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((value) => value >= rough));
  draw2d.textAlign = "center";
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    draw2d.fillRect(x(at), base, 1, 5);
    const text = at === 0 ? "0" : shown(Math.round(at)).replace(/\.0+ /, " ");
    draw2d.fillText(text, Math.min(x(at), width - 28), base + 17);
  }
  draw2d.textAlign = "left";
};
