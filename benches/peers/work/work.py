"""The work of each row in PyMongo: work.py ROW SIZE, on the server of `MONGODB_URI`. Prints what it took and what it found, as JSON."""
import datetime
import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from pymongo import MongoClient, ReplaceOne

row, size = sys.argv[1], int(sys.argv[2])
client = MongoClient(os.environ["MONGODB_URI"], retryWrites=row != "bulk_plain")
db = client.bench
PRODUCTS = ["socks", "apples", "bolts", "books", "lamps", "chairs", "bread", "paper"]
CITIES = ["Miami", "Oslo", "Lima", "Porto", "Turin", "Riga", "Accra", "Kobe", "Perth", "Quito"]
START = datetime.datetime(2026, 1, 1)


def shipment(i):
    return {
        "number": i,
        "truck_id": i % 50,
        "product": PRODUCTS[i % 8],
        "quantity": i % 97,
        "weight_kg": (i % 1000) * 0.25,
        "city": CITIES[i % 10],
        "express": i % 3 == 0,
        "departed": START + datetime.timedelta(minutes=i),
    }


def insert_many():
    shipments = [shipment(i) for i in range(size)]
    started = time.perf_counter()
    inserted = len(db.target.insert_many(shipments).inserted_ids)
    return time.perf_counter() - started, inserted, 0


def sum_one():
    count = total = 0
    started = time.perf_counter()
    for d in db.shipments.find():
        total += d["quantity"]
        count += 1
    return time.perf_counter() - started, count, total


def read_all():
    count = total = 0
    started = time.perf_counter()
    for d in db.shipments.find():
        total += d["number"] + d["truck_id"] + d["quantity"] + len(d["product"]) + len(d["city"])
        total += d["weight_kg"] * 4
        if d["express"] and d["_id"] != d["departed"]:
            total += 1
        count += 1
    return time.perf_counter() - started, count, total


def replace():
    count = 0
    started = time.perf_counter()
    for d in db.loads.find():
        d["quantity"] += 1
        count += db.loads.replace_one({"_id": d["_id"]}, d).modified_count
    return time.perf_counter() - started, count, 0


def bulk():
    started = time.perf_counter()
    operations = []
    for d in db.loads.find():
        d["quantity"] += 1
        operations.append(ReplaceOne({"_id": d["_id"]}, d))
    count = db.loads.bulk_write(operations).modified_count
    return time.perf_counter() - started, count, 0


bulk_plain = bulk


def insert_one():
    started = time.perf_counter()
    for i in range(size):
        db.target.insert_one({"number": i, "product": "socks", "quantity": i % 97})
    return time.perf_counter() - started, size, 0


def find_one():
    total = 0
    started = time.perf_counter()
    for i in range(size):
        total += db.shipments.find_one({"number": i})["quantity"]
    return time.perf_counter() - started, size, total


def parallel():
    def one(i):
        return db.shipments.find_one({"number": i})["quantity"]

    started = time.perf_counter()
    with ThreadPoolExecutor(64) as pool:
        found = list(pool.map(one, range(size)))
    return time.perf_counter() - started, len(found), sum(found)


def watch():
    def write():
        for i in range(size):
            db.loads.update_one({"number": i}, {"$inc": {"quantity": 1}})

    count = total = 0
    with db.loads.watch(full_document="updateLookup") as stream:
        started = time.perf_counter()
        writer = threading.Thread(target=write)
        writer.start()
        while count < size:
            total += stream.next()["fullDocument"]["quantity"]
            count += 1
        seconds = time.perf_counter() - started
        writer.join()
    return seconds, count, total


def start():
    print(db.shipments.find_one({"number": 7}))


def memory():
    count = total = 0
    started = time.perf_counter()
    for d in db.many.find(limit=size):
        total += d["quantity"]
        count += 1
    return time.perf_counter() - started, count, total


result = globals()[row]()
if result:
    print(json.dumps(dict(zip(("seconds", "count", "sum"), result))))
