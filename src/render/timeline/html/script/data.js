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
const spans = rows(raw.spans, ["task", "begin", "took", "name"], [1]);
const prints = rows(raw.prints, ["begin", "name", "line"], [0]);
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
// The sets of members, by the folder of their sockets.
const folderOf = (text) => text.startsWith("/") ? text.slice(0, text.lastIndexOf("/")) : "";
const folders = [...new Set(members.map((state) => folderOf(texts[state.member])))];
const shortMember = (number) => {
  const text = texts[number];
  return text.startsWith("/") ? text.split("/").pop().replace(/\.[^.]*$/, "") : text;
};
const setOf = (number) => folders.length > 1 && texts[number].startsWith("/") ? ` of set ${folders.indexOf(folderOf(texts[number])) + 1}` : "";
const memberName = (number) => shortMember(number) + setOf(number);
const shown = (us) => us < 1000 ? `${us} µs` : us < 1e5 ? `${(us / 1000).toFixed(1)} ms` : us < 1e6 ? `${Math.round(us / 1000)} ms` : `${(us / 1e6).toFixed(2)} s`;

const endOf = (item) => item.begin + item.took;
const group = (list, key) => {
  const groups = new Map();
  for (const item of list) {
    const name = key(item);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(item);
  }
  return groups;
};
spans.forEach((span, index) => Object.assign(span, { kind: "span", id: index, outcome: 0, error: 0 }));
prints.forEach((print, index) => Object.assign(print, { kind: "print", id: index, took: 0, outcome: 0, error: 0 }));
// Faults of one kind that begin together are one item, which lasts as long as the longest.
const faultItems = [];
for (const fault of faults) {
  fault.end = fault.took < 0 ? duration : endOf(fault);
  fault.owner = fault.call ? callById.get(fault.call - 1) : undefined;
  const last = faultItems.at(-1);
  if (last && last.faults[0].kind === fault.kind && fault.begin - last.begin < duration / 100 && fault.kind && !last.faults.some((other) => other.target === fault.target)) {
    last.faults.push(fault);
    last.took = Math.max(endOf(last), fault.end) - last.begin;
  } else {
    faultItems.push({ kind: "fault", id: faultItems.length, begin: fault.begin, took: fault.end - fault.begin, outcome: 0, error: 0, name: fault.kind, owner: fault.owner, faults: [fault] });
  }
}
for (const item of faultItems) {
  item.text = `${texts[item.name]} ${item.faults.map((fault) => shortMember(fault.target)).join(", ")}${setOf(item.faults[0].target)}`;
}
