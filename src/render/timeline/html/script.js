(() => {
  "use strict";
  const raw = JSON.parse(document.getElementById("data").textContent);
  const texts = ["", ...raw.texts];
  const OUTCOMES = ["ok", "failed", "unknown"];

  // Columns to objects; `counted` columns are differences to the row before.
  const rows = (columns, names, counted) => {
    const out = new Array(columns.length ? columns[0].length : 0);
    const before = names.map(() => 0);
    for (let i = 0; i < out.length; i += 1) {
      const row = {};
      for (let c = 0; c < names.length; c += 1) {
        let value = columns[c][i];
        if (counted.includes(c)) value = before[c] += value;
        row[names[c]] = value;
      }
      out[i] = row;
    }
    return out;
  };
  const calls = rows(raw.calls, ["id", "parent", "task", "source", "line", "name", "begin", "took", "outcome", "error"], [0, 6]);
  const commands = rows(raw.commands, ["id", "call", "client", "member", "connection", "name", "namespace", "begin", "took", "outcome", "error", "retried", "body"], [0, 7]);
  const pools = rows(raw.pools, ["client", "at", "size", "used", "waiting"], [1]);
  const members = rows(raw.members, ["client", "at", "member", "state"], [1]);
  const faults = rows(raw.faults, ["kind", "target", "begin", "took", "call", "fired"], [2]);
  const marks = rows(raw.marks, ["at", "text", "line"], [0]);
  const duration = Math.max(raw.duration, 1);
  for (const [table, row, at, by, outcome] of raw.settled) {
    (table ? commands : calls)[row].settled = { at, by: by ? "a majority" : "a retry", outcome };
  }
  const callById = new Map(calls.map((call) => [call.id, call]));
  const commandById = new Map(commands.map((command) => [command.id, command]));
  for (const call of calls) {
    call.kind = "call";
    call.parentId = call.parent ? call.id - call.parent + 1 : 0;
    call.commands = [];
  }
  for (const command of commands) {
    command.kind = "command";
    command.owner = command.call ? callById.get(command.call - 1) : undefined;
    if (command.owner) command.owner.commands.push(command);
    command.retryOf = command.retried ? commandById.get(command.retried - 1) : undefined;
  }
  const clientNames = new Map(raw.clients.map(([id, name]) => [id, name]));
  const taskNames = new Map(raw.tasks.map(([id, kind]) => [id, id ? `${kind} ${id}` : "script"]));
  const shortMember = (number) => {
    const text = texts[number];
    return text.startsWith("/") ? text.split("/").pop().replace(/\.[^.]*$/, "") : text;
  };
  const shown = (us) => us < 1000 ? `${us} µs` : us < 1e5 ? `${(us / 1000).toFixed(1)} ms` : us < 1e6 ? `${Math.round(us / 1000)} ms` : `${(us / 1e6).toFixed(2)} s`;

  // Lanes from the top: tasks, connections of clients, pools, members, latency.
  const lanes = [];
  const group = (list, key) => {
    const groups = new Map();
    for (const item of list) {
      const name = key(item);
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(item);
    }
    return groups;
  };
  const depthOf = (call) => {
    let depth = 0;
    for (let up = callById.get(call.parentId); up && depth < 4; up = callById.get(up.parentId)) {
      if (up.task === call.task) depth += 1;
    }
    return depth;
  };
  const byTask = [...group(calls, (call) => call.task)].sort((a, b) => a[0] - b[0]);
  // Many tasks share the height of twelve.
  const taskHeight = Math.max(4, Math.min(18, 216 / byTask.length));
  for (const [task, list] of byTask) {
    const levels = [];
    for (const call of list) (levels[call.depth = depthOf(call)] ??= []).push(call);
    levels.filter(Boolean).forEach((items, index) => lanes.push({
      kind: "slices",
      items,
      label: index || (task && taskHeight < 11) ? "" : taskNames.get(task),
      height: task ? taskHeight : 18,
      gap: index ? 0 : Math.min(4, taskHeight / 4),
    }));
  }
  for (const [client, list] of [...group(commands, (command) => command.client)].sort((a, b) => a[0] - b[0])) {
    const connections = [...group(list, (command) => `${shortMember(command.member)} #${command.connection}`)];
    const height = Math.max(4, Math.min(14, 180 / connections.length));
    connections.forEach(([, items], index) => lanes.push({
      kind: "slices", items, label: index ? "" : clientNames.get(client), height, gap: index ? 0 : 8,
    }));
  }
  for (const [client, samples] of [...group(pools, (sample) => sample.client)].sort((a, b) => a[0] - b[0])) {
    const limit = (raw.clients.find(([id]) => id === client) ?? [])[2] ?? 0;
    const most = samples.reduce((most, sample) => Math.max(most, sample.used + sample.waiting), 1);
    if (most < 2) continue;
    lanes.push({ kind: "pool", samples, limit, most, label: `pool, ${clientNames.get(client)}`, height: 44, gap: 8 });
  }
  for (const [member, list] of [...group(members, (state) => state.member)].sort((a, b) => texts[a[0]] < texts[b[0]] ? -1 : 1)) {
    const states = list.filter((state) => state.client === list[0].client);
    lanes.push({ kind: "member", states, label: shortMember(member), height: 16, gap: 3 });
  }
  lanes.push({ kind: "latency", label: "latency", height: 96, gap: 12 });
  const TOP = 22;
  // Where the names of the lanes end.
  let namesEnd = 132;
  let height = TOP;
  for (const lane of lanes) {
    height += lane.gap;
    lane.top = height;
    height += lane.height;
    // The end of everything up to here, to find the slices of a part quickly.
    if (lane.items) {
      let far = 0;
      lane.far = lane.items.map((item) => far = Math.max(far, item.settled ? item.settled.at : item.begin + item.took));
    }
  }
  height += 26;

  const view = document.getElementById("view");
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", "Timeline. Left and right go to the operation before or after, up and down to another lane, + and - zoom, 0 shows all, f goes to the next failed or unknown operation.");
  canvas.style.height = `${height}px`;
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

  const readColours = () => {
    const style = getComputedStyle(document.documentElement);
    const probe = document.createElement("span");
    document.body.append(probe);
    for (const name of ["text", "quiet", "line", "back", "ok", "failed", "unknown", "primary", "secondary"]) {
      probe.style.color = style.getPropertyValue(`--${name}`);
      colours[name] = getComputedStyle(probe).color;
    }
    probe.remove();
  };
  const x = (at) => namesEnd + (at - from) / (to - from) * (width - namesEnd - 8);
  const timeAt = (px) => from + (px - namesEnd) / (width - namesEnd - 8) * (to - from);
  const endOf = (item) => item.begin + item.took;
  const colourOf = (item) => colours[OUTCOMES[item.outcome]];
  const words = (item) => `${texts[item.name]} ${texts[item.error]} ${item.kind === "command" ? texts[item.namespace] : ""}`.toLowerCase();
  const matches = (item) => {
    if (onlyProblems && !item.outcome) return false;
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

  const drawSlices = (lane) => {
    let drawnTo = -1;
    let worst = 0;
    for (let i = firstVisible(lane); i < lane.items.length; i += 1) {
      const item = lane.items[i];
      if (item.begin > to) break;
      const left = Math.max(x(item.begin), namesEnd);
      const right = Math.min(x(endOf(item)), width - 8);
      const isShown = matches(item);
      // Slices in one pixel are one, with the worst outcome.
      if (right < drawnTo + 0.7 && item.outcome <= worst && item !== chosen) continue;
      worst = right < drawnTo + 0.7 ? item.outcome : 0;
      drawnTo = Math.max(drawnTo, right, left + 1);
      draw2d.globalAlpha = isShown ? 1 : 0.12;
      if (right >= namesEnd) {
        draw2d.fillStyle = colourOf(item);
        draw2d.fillRect(left, lane.top, Math.max(right - left, 1), lane.height - 1);
      }
      if (item.outcome === 2) {
        const until = Math.min(x(item.settled ? item.settled.at : duration), width - 8);
        draw2d.globalAlpha *= 0.3;
        draw2d.fillRect(Math.max(right, namesEnd), lane.top + lane.height / 3, Math.max(until - right, 0), lane.height / 3);
        draw2d.globalAlpha = isShown ? 1 : 0.12;
      }
      if (lane.height >= 12 && right - left > 30) {
        draw2d.save();
        draw2d.beginPath();
        draw2d.rect(left, lane.top, right - left - 3, lane.height);
        draw2d.clip();
        draw2d.fillStyle = colours.back;
        draw2d.font = "11px system-ui, sans-serif";
        const letter = ["", "F ", "? "][item.outcome];
        draw2d.fillText(`${letter}${texts[item.name]}${item.line ? `, line ${item.line}` : ""}`, left + 3, lane.top + lane.height - 5);
        draw2d.restore();
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
    lane.samples.forEach((sample, index) => {
      const next = lane.samples[index + 1];
      const left = Math.max(x(sample.at), namesEnd);
      const right = Math.min(x(next ? next.at : duration), width - 8);
      if (right <= left) return;
      const size = Math.max(right - left, 0.5);
      draw2d.globalAlpha = 0.75;
      draw2d.fillStyle = colours.ok;
      draw2d.fillRect(left, base - sample.used * scale, size, sample.used * scale);
      draw2d.fillStyle = colours.unknown;
      draw2d.fillRect(left, base - (sample.used + sample.waiting) * scale, size, sample.waiting * scale);
    });
    draw2d.globalAlpha = 1;
    if (lane.limit && lane.limit * scale <= lane.height + 0.5) {
      draw2d.strokeStyle = colours.text;
      draw2d.setLineDash([5, 4]);
      draw2d.beginPath();
      draw2d.moveTo(namesEnd, base - lane.limit * scale);
      draw2d.lineTo(width - 8, base - lane.limit * scale);
      draw2d.stroke();
      draw2d.setLineDash([]);
    }
    draw2d.fillStyle = colours.quiet;
    draw2d.textAlign = "right";
    draw2d.fillText(lane.limit ? `up to ${lane.most}, limit ${lane.limit}` : `up to ${lane.most}`, namesEnd - 8, lane.top + 26, namesEnd - 12);
    draw2d.textAlign = "left";
  };

  const drawMember = (lane) => {
    lane.states.forEach((state, index) => {
      const next = lane.states[index + 1];
      const left = Math.max(x(state.at), namesEnd);
      const right = Math.min(x(next ? next.at : duration), width - 8);
      if (right <= left) return;
      const name = texts[state.state];
      draw2d.globalAlpha = name === "down" ? 0.2 : 0.85;
      draw2d.fillStyle = colours[name] ?? colours.quiet;
      draw2d.fillRect(left, lane.top, right - left, lane.height - 2);
      draw2d.globalAlpha = 1;
      if (right - left > 50) {
        draw2d.fillStyle = name === "down" ? colours.text : colours.back;
        draw2d.fillText(name, left + 4, lane.top + lane.height - 5);
      }
    });
  };

  const slowest = Math.max(1000, ...sampled(commands).map((command) => command.took));
  function sampled(list) {
    // A spread of more than 100,000 arguments is too much for a call.
    const step = Math.ceil(list.length / 50000);
    return step > 1 ? list.filter((item, index) => index % step === 0 || item.took > 1e6) : list;
  }
  const latencyY = (lane, took) => lane.top + lane.height * (1 - Math.log10(Math.max(took, 10) / 10) / Math.log10(slowest / 10));
  const drawLatency = (lane) => {
    draw2d.fillStyle = colours.quiet;
    draw2d.strokeStyle = colours.line;
    for (let mark = 100; mark <= slowest; mark *= 10) {
      const top = latencyY(lane, mark);
      draw2d.beginPath();
      draw2d.moveTo(namesEnd, top);
      draw2d.lineTo(width - 8, top);
      draw2d.stroke();
      draw2d.textAlign = "right";
      draw2d.fillText(shown(mark), namesEnd - 8, top + 4);
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

  const place = new Map();
  lanes.forEach((lane) => lane.items?.forEach((item) => place.set(item, lane)));
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
    if (!call) return;
    draw2d.save();
    draw2d.beginPath();
    draw2d.rect(namesEnd, 0, width - namesEnd - 8, height);
    draw2d.clip();
    for (const command of call.commands.slice(0, 50)) {
      if (command.retryOf && place.has(command.retryOf)) arrow(command.retryOf, command); else arrow(call, command);
    }
    draw2d.restore();
  };

  const draw = () => {
    const ratio = devicePixelRatio || 1;
    width = Math.max(view.clientWidth, 280);
    namesEnd = width < 600 ? 76 : 132;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    draw2d.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw2d.fillStyle = colours.back;
    draw2d.fillRect(0, 0, width, height);
    draw2d.font = "11px system-ui, sans-serif";
    faults.forEach((fault) => {
      const left = Math.max(x(fault.begin), namesEnd);
      const right = Math.min(x(fault.took < 0 ? duration : fault.begin + fault.took), width - 8);
      if (right < namesEnd || left > width - 8) return;
      draw2d.globalAlpha = 0.12;
      draw2d.fillStyle = colours.unknown;
      draw2d.fillRect(left, TOP - 4, Math.max(right - left, 1.5), height - TOP - 20);
      draw2d.globalAlpha = 1;
    });
    // Names of faults that would overlap are left out; zooming in shows them.
    let free = namesEnd;
    for (const fault of faults) {
      const left = Math.max(x(fault.begin), namesEnd);
      const text = `${texts[fault.kind]} ${shortMember(fault.target)}`;
      const size = draw2d.measureText(text).width;
      if (fault.took >= 0 && x(fault.begin + fault.took) < namesEnd || left < free || left + size > width - 8) continue;
      draw2d.fillStyle = colours.text;
      draw2d.fillText(text, left + 2, TOP - 8);
      free = left + size + 10;
    }
    for (const mark of marks) {
      if (mark.at < from || mark.at > to) continue;
      draw2d.fillStyle = colours.text;
      draw2d.fillRect(x(mark.at), TOP, 1, height - TOP - 24);
      draw2d.fillText(texts[mark.text], x(mark.at) + 3, height - 30);
    }
    for (const lane of lanes) {
      draw2d.lineWidth = 1;
      draw2d.fillStyle = colours.text;
      draw2d.textAlign = "right";
      if (lane.label) draw2d.fillText(lane.label, namesEnd - 8, lane.top + 12, namesEnd - 12);
      draw2d.textAlign = "left";
      ({ slices: drawSlices, pool: drawPool, member: drawMember, latency: drawLatency })[lane.kind](lane);
    }
    if (hovered ?? chosen) drawArrows(hovered ?? chosen);
    drawAxis();
  };
  const drawAxis = () => {
    const base = height - 22;
    draw2d.fillStyle = colours.quiet;
    draw2d.fillRect(namesEnd, base, width - namesEnd - 8, 1);
    const rough = (to - from) / Math.max(2, (width - namesEnd) / 110);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((value) => value >= rough));
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
      draw2d.fillRect(x(at), base, 1, 5);
      draw2d.textAlign = "center";
      draw2d.fillText(shown(Math.round(at)), Math.min(x(at), width - 28), base + 17);
    }
    draw2d.textAlign = "left";
  };

  const detail = document.getElementById("detail");
  const element = (name, text, parent) => {
    const node = document.createElement(name);
    node.textContent = text;
    parent.append(node);
    return node;
  };
  const describe = (item) => {
    detail.replaceChildren();
    if (!item) return;
    const call = item.kind === "call" ? item : item.owner;
    const first = element("div", "", detail);
    element("strong", texts[item.name], first);
    first.append(` ${item.kind}, ${OUTCOMES[item.outcome]}${item.error ? ` (${texts[item.error]})` : ""}, took ${shown(item.took)}, at ${shown(item.begin)}`);
    if (item.settled) {
      first.append(`; ${item.settled.outcome ? "not applied" : "applied"}, known after ${item.settled.by} at ${shown(item.settled.at)}`);
    } else if (item.outcome === 2) {
      first.append("; nothing settled it");
    }
    const second = element("div", "", detail);
    if (item.kind === "command") {
      second.append(`${clientNames.get(item.client)}, ${shortMember(item.member)}, connection ${item.connection}, ${texts[item.namespace]}${item.retryOf ? ", a retry" : ""} `);
      if (item.body) element("code", texts[item.body], second);
    } else {
      second.append(`${taskNames.get(item.task)}, ${item.commands.length} commands`);
    }
    document.querySelectorAll("tr.here").forEach((row) => row.classList.remove("here"));
    if (call && call.line) {
      element("div", "", detail).append(`line ${call.line} of ${texts[call.source]}`);
      rowOf(call)?.classList.add("here");
    } else if (item.kind === "command") {
      element("div", "", detail).append("the line that caused it is not known");
    }
    const link = element("a", "Link to this operation", detail);
    link.href = `#${item.kind}-${item.id}`;
  };
  const rowOf = (call) => {
    const index = raw.sources.indexOf(call.source);
    return document.querySelector(`table[data-source="${index}"] tr[data-line="${call.line}"]`);
  };
  const choose = (item, isVisible) => {
    chosen = item;
    describe(item);
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
    const lane = lanes.find((lane) => lane.items && py >= lane.top - 1 && py <= lane.top + lane.height);
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
  const problems = [...calls, ...commands].filter((item) => item.outcome).sort((a, b) => a.begin - b.begin);
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
  const openLink = () => {
    const [, kind, id] = location.hash.match(/^#(call|command)-(\d+)$/) ?? [];
    if (kind) choose((kind === "call" ? callById : commandById).get(Number(id)));
  };
  addEventListener("hashchange", openLink);
  addEventListener("resize", schedule);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); schedule(); });
  readColours();
  draw();
  openLink();
})();
