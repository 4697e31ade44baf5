// The work of each row in mongosh, which takes no arguments for a script: ROW and SIZE are in the environment.
// Prints what it took and what it found, as JSON.
const row = process.env.ROW;
const size = Number(process.env.SIZE);
const bench = db.getSiblingDB("bench");
const PRODUCTS = ["socks", "apples", "bolts", "books", "lamps", "chairs", "bread", "paper"];
const CITIES = ["Miami", "Oslo", "Lima", "Porto", "Turin", "Riga", "Accra", "Kobe", "Perth", "Quito"];
const START = Date.UTC(2026, 0, 1);

function shipment(i) {
  return {
    number: i,
    truck_id: i % 50,
    product: PRODUCTS[i % 8],
    quantity: i % 97,
    weight_kg: (i % 1000) * 0.25,
    city: CITIES[i % 10],
    express: i % 3 === 0,
    departed: new Date(START + i * 60000),
  };
}

function unrepeated(uri) {
  return uri + (uri.includes("?") ? "&" : "?") + "retryWrites=false";
}

function tell(started, count, sum) {
  const seconds = (performance.now() - started) / 1000;
  print(JSON.stringify({ seconds, count, sum }));
}

if (row === "insert_many") {
  const shipments = [];
  for (let i = 0; i < size; i++) shipments.push(shipment(i));
  const started = performance.now();
  const inserted = bench.target.insertMany(shipments).insertedIds;
  tell(started, Object.keys(inserted).length, 0);
} else if (row === "sum_one") {
  let count = 0;
  let sum = 0;
  const started = performance.now();
  for (const d of bench.shipments.find()) {
    sum += d.quantity;
    count += 1;
  }
  tell(started, count, sum);
} else if (row === "read_all") {
  let count = 0;
  let sum = 0;
  const started = performance.now();
  for (const d of bench.shipments.find()) {
    sum += d.number + d.truck_id + d.quantity + d.product.length + d.city.length + d.weight_kg * 4;
    if (d.express && d._id !== d.departed) sum += 1;
    count += 1;
  }
  tell(started, count, sum);
} else if (row === "replace") {
  let count = 0;
  const started = performance.now();
  for (const d of bench.loads.find()) {
    d.quantity += 1;
    count += bench.loads.replaceOne({ _id: d._id }, d).modifiedCount;
  }
  tell(started, count, 0);
} else if (row === "bulk" || row === "bulk_plain") {
  const loads = row === "bulk" ? bench.loads : new Mongo(unrepeated(db.getMongo().getURI())).getDB("bench").loads;
  const started = performance.now();
  const operations = [];
  for (const d of loads.find()) {
    d.quantity += 1;
    operations.push({ replaceOne: { filter: { _id: d._id }, replacement: d } });
  }
  tell(started, loads.bulkWrite(operations).modifiedCount, 0);
} else if (row === "insert_one") {
  const started = performance.now();
  for (let i = 0; i < size; i++) bench.target.insertOne({ number: i, product: "socks", quantity: i % 97 });
  tell(started, size, 0);
} else if (row === "find_one") {
  let sum = 0;
  const started = performance.now();
  for (let i = 0; i < size; i++) sum += bench.shipments.findOne({ number: i }).quantity;
  tell(started, size, sum);
} else if (row === "start") {
  printjson(bench.shipments.findOne({ number: 7 }));
} else if (row === "memory") {
  let count = 0;
  let sum = 0;
  const started = performance.now();
  for (const d of bench.many.find().limit(size)) {
    sum += d.quantity;
    count += 1;
  }
  tell(started, count, sum);
} else {
  throw new Error(`no such row: ${row}`);
}
