// What the texts that are on the picture now belong to, for the pointer.
let spots = [];

// More rows of texts would take the place of the lanes.
const MOST_TEXT_ROWS = 6;

// Finds rows for texts, so that none covers another, and calls `put` with each text's left end and
// its row. Texts without room are left out; zooming in shows them. Returns how many rows it used.
const inFreeRows = (entries, most, put) => {
  let used = 0;
  const free = new Array(most).fill(namesEnd);
  for (const { left, size, value } of entries) {
    for (const start of [left, Math.min(left, width - RIGHT - size)]) {
      const row = free.findIndex((end) => end <= start);
      if (row < 0 || start + size > width - RIGHT + 1) continue;
      free[row] = start + size + 8;
      used = Math.max(used, row + 1);
      put(value, start, row);
      break;
    }
  }
  return used;
};

// The faults are shaded through all lanes. Where several are on, it is shaded once.
const drawBands = () => {
  let last;
  const bands = [];
  for (const { begin, end } of faults) {
    if (last && begin <= last.end) last.end = Math.max(last.end, end);
    else bands.push(last = { begin, end });
  }
  draw2d.fillStyle = colours.fault;
  for (const band of bands) {
    if (band.end < from || band.begin > to) continue;
    const left = inside(band.begin);
    draw2d.globalAlpha = 0.14;
    draw2d.fillRect(left, TOP, Math.max(inside(band.end) - left, 1.5), height - TOP - 22);
  }
  draw2d.globalAlpha = 0.6;
  for (const { begin } of faults) {
    if (begin >= from && begin <= to) draw2d.fillRect(x(begin), TOP, 1, height - TOP - 22);
  }
  draw2d.globalAlpha = 1;
};

const faultTexts = () => faultItems.filter((item) => endOf(item) >= from && item.begin <= to).map((item) => {
  const left = inside(item.begin);
  const line = item.owner?.line ? `, line ${item.owner.line}` : "";
  const text = widthOf(item.text + line) < width - namesEnd - RIGHT ? item.text + line : item.text;
  return { left, size: Math.max(widthOf(text) + 10, inside(endOf(item)) - left), value: { item, text } };
});

const drawFaults = (lane) => {
  inFreeRows(faultTexts(), lane.rows, ({ item, text }, start, row) => {
    const top = lane.top + row * 15;
    const left = inside(item.begin);
    const size = Math.max(inside(endOf(item)) - left, 2);
    draw2d.globalAlpha = matches(item) ? 1 : 0.2;
    draw2d.fillStyle = colours.back;
    draw2d.fillRect(left, top, size, 14);
    draw2d.fillStyle = colours.hatch;
    draw2d.fillRect(left, top, size, 14);
    draw2d.strokeStyle = item === chosen || item === hovered ? colours.text : colours.fault;
    draw2d.lineWidth = item === chosen || item === hovered ? 2 : 1;
    draw2d.strokeRect(left + 0.5, top + 0.5, size, 13);
    const textSize = widthOf(text);
    draw2d.fillStyle = colours.back;
    draw2d.fillRect(start + 3, top + 1, textSize + 4, 12);
    draw2d.fillStyle = colours.text;
    draw2d.fillText(text, start + 5, top + 11);
    draw2d.globalAlpha = 1;
    spots.push({ left: Math.min(left, start), right: Math.max(left + size, start + textSize + 8), top, item });
  });
};

// Names the failed and unknown calls. Calls of one line that follow each other have one name.
const causeTexts = () => {
  const named = [];
  for (const call of causes) {
    if (call.begin > to) break;
    if (endOf(call) < from || !matches(call)) continue;
    const key = `${call.name} ${call.line} ${call.error} ${call.outcome}`;
    const known = named.findLast((entry) => entry.key === key);
    const left = inside(call.begin);
    if (known && left - known.end < 60) {
      known.count += 1;
      known.end = inside(endOf(call));
    } else if (named.length < 200) {
      named.push({ key, call, left, end: inside(endOf(call)), count: 1 });
    }
  }
  return named.map((entry) => {
    const { call, count } = entry;
    const letter = ["", "F ", "? "][call.outcome];
    const line = call.line ? `, line ${call.line}` : "";
    const long = `${letter}${texts[call.name]}: ${texts[call.error]}${line}${count > 1 ? ` (${count} times)` : ""}`;
    const text = [long, `${letter}${texts[call.error]}${line}`, `${letter}${texts[call.error]}`].find((text) => widthOf(text) < width - namesEnd - RIGHT - 6) ?? letter;
    return { left: entry.left, size: widthOf(text) + 6, value: { ...entry, text } };
  });
};

const drawCauses = (lane) => {
  inFreeRows(causeTexts(), lane.rows, ({ call, text, left }, start, row) => {
    const top = lane.top + row * 15;
    draw2d.strokeStyle = colourOf(call);
    draw2d.lineWidth = 1;
    draw2d.beginPath();
    draw2d.moveTo(left + 0.5, top + 13);
    draw2d.lineTo(left + 0.5, place.get(call).top);
    draw2d.stroke();
    const size = widthOf(text);
    draw2d.fillStyle = colours.back;
    draw2d.fillRect(start, top + 1, size + 4, 13);
    draw2d.fillStyle = colourOf(call);
    draw2d.fillText(text, start + 2, top + 11);
    spots.push({ left: start, right: start + size + 4, top, item: call });
  });
};

const DONE = { kill: "killed", stop: "stopped", pause: "paused" };
// What a member's state means, if the client saw it because of a fault.
const memberText = (lane, state, name) => {
  if (name !== "down") return [name];
  const cause = lane.faults.findLast((fault) => DONE[texts[fault.kind]] && fault.begin <= state.at && fault.end >= state.at);
  if (!cause) return [name];
  const after = shown(state.at - cause.begin).replace(/\.\d ms/, " ms");
  const done = DONE[texts[cause.kind]];
  return [`down: ${done}, ${clientNames.get(lane.client)} noticed it ${after} later`, `${done}, noticed ${after} later`, `down after ${after}`, `after ${after}`, "down"];
};
const drawMember = (lane) => {
  lane.states.forEach((state, index) => {
    const next = lane.states[index + 1];
    const left = inside(state.at);
    const right = inside(next ? next.at : duration);
    if (right <= left) return;
    const name = texts[state.state];
    const isDown = name === "down";
    draw2d.fillStyle = isDown ? colours.back : colours[name] ?? colours.quiet;
    draw2d.fillRect(left, lane.top, right - left, lane.height - 2);
    if (isDown) {
      draw2d.strokeStyle = colours.quiet;
      draw2d.lineWidth = 1;
      draw2d.setLineDash([3, 3]);
      draw2d.strokeRect(left + 0.5, lane.top + 0.5, right - left - 1, lane.height - 3);
      draw2d.setLineDash([]);
    }
    const text = memberText(lane, state, name).find((text) => widthOf(text) < right - left - 8);
    if (!text) return;
    draw2d.fillStyle = isDown ? colours.text : colours.back;
    draw2d.fillText(text, left + 4, lane.top + lane.height - 6);
  });
  for (const fault of lane.faults) {
    if (fault.end < from || fault.begin > to) continue;
    const left = inside(fault.begin);
    const right = inside(fault.end);
    if (texts[fault.kind] === "stop_replication") {
      const text = "does not replicate";
      const size = widthOf(text) + 8;
      draw2d.fillStyle = colours.back;
      draw2d.fillRect(left, lane.top + 2, right - left, lane.height - 6);
      draw2d.fillStyle = colours.hatch;
      draw2d.fillRect(left, lane.top + 2, right - left, lane.height - 6);
      if (size < right - left) {
        draw2d.fillStyle = colours.back;
        draw2d.fillRect(left + 4, lane.top + 2, size, lane.height - 6);
        draw2d.fillStyle = colours.text;
        draw2d.fillText(text, left + 8, lane.top + lane.height - 6);
      }
      continue;
    }
    // The moment of the fault, and the time until the client noticed it.
    const noticed = lane.states.find((state) => state.at >= fault.begin && texts[state.state] === "down" && state.at <= fault.end);
    if (noticed) {
      draw2d.fillStyle = colours.hatch;
      draw2d.fillRect(left, lane.top, inside(noticed.at) - left, lane.height - 2);
    }
    draw2d.fillStyle = colours.text;
    draw2d.fillRect(left - 1, lane.top - 2, 2, lane.height + 2);
  }
};

const drawMarks = () => {
  draw2d.fillStyle = colours.text;
  let free = namesEnd;
  for (const mark of marks) {
    if (mark.at < from || mark.at > to) continue;
    const left = x(mark.at);
    draw2d.fillRect(left, TOP, 1, height - TOP - 24);
    const size = widthOf(texts[mark.text]);
    const start = Math.min(left + 3, width - RIGHT - size);
    if (start < free) continue;
    draw2d.fillText(texts[mark.text], start, height - 26);
    free = start + size + 8;
  }
};

const FONT = "11px system-ui, sans-serif";
const DRAWINGS = { slices: drawSlices, pool: drawPool, member: drawMember, latency: drawLatency, faults: drawFaults, causes: drawCauses };
// Fits the picture into the window.
const resize = () => {
  const ratio = devicePixelRatio || 1;
  width = Math.max(view.clientWidth, 280);
  namesEnd = width < 600 ? 76 : 132;
  draw2d.font = FONT;
  for (const lane of lanes.filter((lane) => lane.rows)) {
    lane.rows = Math.max(1, inFreeRows(lane.kind === "faults" ? faultTexts() : causeTexts(), MOST_TEXT_ROWS, () => {}));
  }
  layOut(Math.max(innerHeight - canvas.getBoundingClientRect().top - scrollY - 16, 520));
  canvas.style.height = `${height}px`;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  draw2d.setTransform(ratio, 0, 0, ratio, 0, 0);
  draw2d.font = FONT;
};
const draw = () => {
  draw2d.fillStyle = colours.back;
  draw2d.fillRect(0, 0, width, height);
  spots = [];
  drawBands();
  for (const lane of lanes) {
    draw2d.lineWidth = 1;
    draw2d.fillStyle = colours.text;
    draw2d.textAlign = "right";
    if (lane.label) draw2d.fillText(lane.label, namesEnd - 8, lane.top + Math.min(12, lane.height * (lane.share ?? 1) / 2 + 4), namesEnd - 12);
    draw2d.textAlign = "left";
    DRAWINGS[lane.kind](lane);
  }
  drawMarks();
  if (hovered ?? chosen) drawArrows(hovered ?? chosen);
  drawAxis();
};
