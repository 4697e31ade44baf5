// Lanes from the top: faults, failed and unknown calls, tasks, connections of clients, pools, members, latency.
const TOP = 8;
const MOST_CLIENTS = 12;
const MOST_POOLS = 6;
const lanes = [];
// Puts lists into at most `most` rows.
const inRows = (lists, most) => {
  if (lists.length <= most) return lists;
  const rows = Array.from({ length: most }, () => []);
  lists.forEach((list, index) => rows[Math.floor(index * most / lists.length)].push(...list));
  return rows.map((row) => row.sort((a, b) => a.begin - b.begin));
};
// Lanes that share a height, which `layOut` gives them.
const addLanes = (lists, label, most, row, gap) => inRows(lists, most).forEach((items, index, all) => lanes.push({
  kind: "slices", items, label: index ? "" : label, share: all.length, row, gap: index ? 0 : gap,
}));
const depthOf = (call) => {
  let depth = 0;
  for (let up = callById.get(call.parentId); up && depth < 3; up = callById.get(up.parentId)) {
    if (up.task === call.task) depth += 1;
  }
  return depth;
};
if (faultItems.length) lanes.push({ kind: "faults", items: faultItems, label: "faults", rows: 1, gap: 0 });
const problems = [...calls, ...commands].filter((item) => item.outcome).sort((a, b) => a.begin - b.begin);
// The calls that failed themselves, not because of a call inside.
const outer = new Set(problems.filter((item) => item.kind === "call").map((call) => call.parentId));
const causes = problems.filter((item) => item.kind === "call" && !outer.has(item.id));
if (causes.length) lanes.push({ kind: "causes", label: "not ok", rows: 1, gap: 2 });
const byTask = [...group(calls, (call) => call.task)].sort((a, b) => a[0] - b[0]);
const others = [];
for (const [task, list] of byTask) {
  if (task) {
    others.push(list);
    continue;
  }
  const levels = [];
  for (const call of list) (levels[depthOf(call)] ??= []).push(call);
  levels.filter(Boolean).forEach((items, index) => lanes.push({
    kind: "slices", items, label: index ? "" : "script", height: index ? 12 : 18, gap: index ? 1 : 6,
  }));
}
if (spans.length) lanes.push({ kind: "slices", items: spans, label: "parts", height: 16, gap: 3 });
if (prints.length && prints.length < 5000) lanes.push({ kind: "slices", items: prints, label: "printed", height: 12, gap: 3 });
if (others.length) addLanes(others, others.length > 1 ? `${others.length} tasks` : taskNames.get(others[0][0].task), 60, 18, 6);
// The clients that worked longest have lanes of their own.
const byClient = [...group(commands, (command) => command.client)].map(([id, list]) => ({ id, list, busy: list.reduce((sum, command) => sum + command.took, 0) }));
const busiest = new Set([...byClient].sort((a, b) => b.busy - a.busy).slice(0, byClient.length > MOST_CLIENTS ? MOST_CLIENTS - 1 : MOST_CLIENTS));
const rest = byClient.filter((client) => !busiest.has(client));
const connectionsOf = (list) => [...group(list, (command) => `${command.member} ${command.connection}`).values()];
for (const client of byClient.filter((client) => busiest.has(client)).sort((a, b) => a.id - b.id)) {
  addLanes(connectionsOf(client.list), clientNames.get(client.id), 60, 14, 6);
}
if (rest.length) {
  addLanes([rest.flatMap((client) => client.list).sort((a, b) => a.begin - b.begin)], `${rest.length} more clients`, 1, 14, 6);
}
const mostOf = (samples) => samples.reduce((most, sample) => Math.max(most, sample.used + sample.waiting), 0);
// A pool with one or two connections in use says little.
[...group(pools, (sample) => sample.client)].map(([client, samples]) => ({ client, samples, most: mostOf(samples) }))
  .filter((pool) => pool.most > 2).sort((a, b) => b.most - a.most).slice(0, MOST_POOLS).sort((a, b) => a.client - b.client)
  .forEach((pool) => lanes.push({
    ...pool, kind: "pool", limit: (raw.clients.find(([id]) => id === pool.client) ?? [])[2] ?? 0, label: `pool of ${clientNames.get(pool.client)}`, full: 44, gap: 6,
  }));
const placeOfMember = (member) => setOf(member) + shortMember(member);
for (const [member, list] of [...group(members, (state) => state.member)].sort((a, b) => placeOfMember(a[0]) < placeOfMember(b[0]) ? -1 : 1)) {
  const [{ client }] = list;
  lanes.push({ kind: "member", member, client, states: list.filter((state) => state.client === client), faults: faults.filter((fault) => fault.target === member), label: memberName(member), height: 17, gap: 2 });
}
lanes.push({ kind: "latency", label: "time of commands", full: 96, gap: 10 });
const place = new Map();
for (const lane of lanes) {
  // The end of everything up to here, to find the slices of a part quickly.
  if (lane.items) {
    let far = 0;
    lane.far = lane.items.map((item) => far = Math.max(far, item.settled ? item.settled.at : endOf(item)));
    lane.items.forEach((item) => place.set(item, lane));
  }
}
let height = 0;
// Gives all lanes their places, so that the picture fits into the window if that is possible.
const layOut = (room) => {
  for (const part of [1, 0.8, 0.6, 0.4, 0.3, 0.2, 0.1]) {
    height = TOP;
    for (const lane of lanes) {
      height += lane.gap * Math.min(1, 0.4 + part);
      lane.top = height;
      if (lane.rows) lane.height = lane.rows * 15;
      if (lane.full) lane.height = Math.max(16, lane.full * part);
      // Up to three rows need little room.
      const row = lane.share > 1 && part < 0.4 ? 8 : lane.row;
      const most = Math.max(132 * part, 26);
      if (lane.share) lane.height = lane.share * row > most ? Math.max(most / lane.share, 1) : row;
      height += lane.height;
    }
    height += 30;
    if (height <= room) return;
  }
};
