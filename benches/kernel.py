"""How fast the Jupyter kernel is, beside ipykernel.

    cargo build --release
    tests/tools/python/bin/python benches/kernel.py target/release/seaworthy

Both kernels are driven by `jupyter_client`, in turn, ROUNDS times. The kernels of this program use a private server in a
temporary folder, which runs already. The table has the median, and the fastest and the slowest behind it; times are in
milliseconds. A row is "missed" if the median is above its limit.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

ROUNDS = 7
TIMEOUT = 60

# What a kernel is asked to do, by language.
CODE = {
    "seaworthy": {
        "complete": "db.orders.find_o",
        "sleep": 'print("begun"); sleep(60);',
        "busy": 'print("begun"); loop {}',
        "call": 'print("begun"); db.slow.find(#{ "$where": "sleep(60000); return true;" }).to_array();',
        "lines": "for i in 0..10000 { print(i); }",
        "prepare": "db.slow.drop(); db.slow.insert_one(#{});",
    },
    "python3": {
        "complete": "import os; os.path.isab",
        "sleep": 'print("begun", flush=True); import time; time.sleep(60)',
        "busy": 'print("begun", flush=True)\nwhile True: pass',
        "lines": "for i in range(10000): print(i)",
        "prepare": "1",
    },
}

# Row, limit in milliseconds.
ROWS = {
    "ready": ("start until the kernel is ready", 350),
    "one": ("`1+1`, until idle", 3),
    "complete": ("Tab", 20),
    "sleep": ("Stop in `sleep`", 100),
    "busy": ("Stop in a busy loop", 100),
    "call": ("Stop in a call to a server", 100),
    "lines": ("10,000 printed lines", 300),
    "messages": ("messages with these lines", 100),
}


class Kernel:
    def __init__(self, name):
        self.code = CODE[name]
        begun = time.perf_counter()
        self.manager = KernelManager(kernel_name=name)
        self.manager.start_kernel(stderr=subprocess.DEVNULL)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT)
        self.ready = (time.perf_counter() - begun) * 1000

    def idle(self, request, seen=lambda content: None):
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["content"].get("execution_state") == "idle":
                return
            if message["msg_type"] == "stream":
                seen(message["content"])

    def run(self, code, seen=lambda content: None):
        begun = time.perf_counter()
        self.idle(self.client.execute(code), seen)
        return (time.perf_counter() - begun) * 1000

    def complete(self):
        code = self.code["complete"]
        begun = time.perf_counter()
        request = self.client.complete(code, len(code))
        while True:
            answer = self.client.get_shell_msg(timeout=TIMEOUT)
            if answer["parent_header"]["msg_id"] == request:
                assert answer["content"]["matches"], answer
                return (time.perf_counter() - begun) * 1000

    def stop(self, code):
        begun = []

        def interrupt(content):
            if "begun" in content["text"]:
                # The cell has to be in its second statement; the first one ended just now.
                time.sleep(0.2)
                begun.append(time.perf_counter())
                self.manager.interrupt_kernel()

        self.run(code, interrupt)
        return (time.perf_counter() - begun[0]) * 1000

    def measure(self):
        self.run(self.code["prepare"])
        row = {"ready": self.ready, "one": statistics.median(self.run("1+1") for _ in range(100))}
        self.complete()
        row["complete"] = statistics.median(self.complete() for _ in range(20))
        for name in ("sleep", "busy", "call"):
            if name in self.code:
                row[name] = self.stop(self.code[name])
        parts = []
        row["lines"] = self.run(self.code["lines"], lambda content: parts.append(content["text"]))
        assert "".join(parts).split() == [str(number) for number in range(10000)]
        row["messages"] = len(parts)
        return row

    def end(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel()


def cell(rows, name):
    values = [row[name] for row in rows if name in row]
    if not values:
        return "–"
    digits = 0 if name == "messages" else 1
    middle, low, high = statistics.median(values), min(values), max(values)
    return f"{middle:.{digits}f} [{low:.{digits}f}–{high:.{digits}f}]"


def main(program):
    rows = {"seaworthy": [], "python3": []}
    # The kernel that keeps the private server running.
    keeper = Kernel("seaworthy")
    keeper.run("client.ping();")
    try:
        for _ in range(ROUNDS):
            for name, measured in rows.items():
                kernel = Kernel(name)
                try:
                    measured.append(kernel.measure())
                finally:
                    kernel.end()
    finally:
        keeper.end()
    print("| | limit | seaworthy | ipykernel |")
    print("|---|---|---|---|")
    for name, (words, limit) in ROWS.items():
        ours = cell(rows["seaworthy"], name)
        if statistics.median(row[name] for row in rows["seaworthy"]) > limit:
            ours += " **missed**"
        print(f"| {words} | {limit} | {ours} | {cell(rows['python3'], name)} |")


if __name__ == "__main__":
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="swb-") as home:
        os.environ.pop("MONGODB_URI", None)
        os.environ.update(
            HOME=home,
            XDG_RUNTIME_DIR=home,
            JUPYTER_DATA_DIR=home + "/data",
            JUPYTER_RUNTIME_DIR=home + "/runtime",
            IPYTHONDIR=home + "/ipython",
        )
        subprocess.run([program, "kernel", "install"], check=True, stdout=subprocess.DEVNULL)
        main(program)
        # The private server ends by itself when the last kernel has ended.
        while subprocess.run(["pgrep", "-f", home], stdout=subprocess.DEVNULL).returncode == 0:
            time.sleep(0.1)
