"""Talks to the installed kernel as Jupyter does. The first argument names the check."""
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time

import pymongo
import zmq
from jupyter_client.manager import KernelManager

# Nothing here takes long; the machine may be busy.
TIMEOUT = 60


class Kernel:
    """A kernel and its client."""

    def __init__(self, **options):
        self.manager = KernelManager(kernel_name="seaworthy", **options)
        self.manager.start_kernel()
        self.connect()

    def connect(self):
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.stop_channels()
        self.manager.shutdown_kernel()

    def process(self):
        return self.manager.provisioner.process.pid

    def run(self, code, **options):
        """Runs a cell. Returns its answer, and its outputs until it is idle."""
        return self.finish(self.client.execute(code, **options))

    def finish(self, cell):
        answer = self.answer(cell)
        return answer, self.outputs(cell)

    def answer(self, cell):
        while True:
            message = self.client.get_shell_msg(timeout=TIMEOUT)
            if message["parent_header"]["msg_id"] == cell:
                return message["content"]

    def outputs(self, cell):
        outputs = []
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            content = message["content"]
            if message["parent_header"]["msg_id"] != cell:
                # Another request, such as an interrupt, may have a state but no output.
                assert message["msg_type"] == "status", message
                continue
            if content.get("execution_state") == "idle":
                return outputs
            if message["msg_type"] not in ("status", "execute_input"):
                outputs.append((message["msg_type"], content))

    def text(self, code):
        """Runs a cell that must succeed. Returns the text that it shows."""
        answer, outputs = self.run(code)
        assert answer["status"] == "ok", answer
        return "".join(
            content["text"] if kind == "stream" else content["data"]["text/plain"]
            for kind, content in outputs
        )

    def until(self, is_wanted):
        """Returns the first message on iopub that is wanted."""
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            if is_wanted(message):
                return message


def cells():
    with Kernel() as kernel:
        assert kernel.text('let town = "Bonn"; fn twice(x) { x * 2 }') == ""
        assert kernel.text("print(town); twice(4)") == "Bonn\n8"
        _, outputs = kernel.run('print("one"); debug(2); print("three"); 4')
        shown = [content.get("text") or content["data"]["text/plain"] for _, content in outputs]
        assert shown == ["one\n", "debug: 2\n", "three\n", "4"], outputs
        streams = [content.get("name") for _, content in outputs]
        assert streams == ["stdout", "stderr", "stdout", None], outputs
        # An error has our report, with the place in its cell.
        answer, outputs = kernel.run("let y = 1;\n  nothing(y);")
        assert answer["status"] == "error" and answer["ename"] == "Script", answer
        report = "\n".join(outputs[0][1]["traceback"])
        assert outputs[0][0] == "error" and "In[4]:2:3" in report, report
        assert kernel.text("y") == "1"
        # The cells that wait behind an error do not run.
        first, second = kernel.client.execute("throw 1;"), kernel.client.execute("print(2);")
        assert kernel.answer(first)["status"] == "error"
        assert kernel.answer(second)["status"] == "aborted"
        kernel.outputs(first), kernel.outputs(second)
        answer, _ = kernel.run("throw 1;", stop_on_error=False)
        # A silent cell shows nothing and has no number.
        before = answer["execution_count"]
        assert kernel.run("print(1); 2", silent=True)[1] == []
        answer, _ = kernel.run("3", user_expressions={"town": "town", "wrong": "nothing()"})
        assert answer["execution_count"] == before + 1, answer
        expressions = answer["user_expressions"]
        assert expressions["town"]["data"]["text/plain"] == '"Bonn"', expressions
        assert expressions["wrong"]["ename"] == "Script", expressions
        # A database, a table, a display that changes in place.
        table = "db.kernel.drop(); db.kernel.insert_many([#{ n: 1 }, #{ n: 2 }]); db.kernel.find()"
        _, outputs = kernel.run(table)
        assert outputs[0][0] == "execute_result" and "<table" in outputs[0][1]["data"]["text/html"], outputs
        _, shown = kernel.run("let d = display(1);")
        _, changed = kernel.run("d.update(2);")
        assert [shown[0][0], changed[0][0]] == ["display_data", "update_display_data"]
        assert shown[0][1]["transient"] == changed[0][1]["transient"], (shown, changed)
        assert "cell, not the kernel" in kernel.text("exit(3);")
        assert kernel.text("town") == '"Bonn"'
        # Cells with a password are not kept.
        kernel.run('let password = "geheim";')
        kernel.client.history(hist_access_type="tail", n=9)
        history = kernel.client.get_shell_msg(timeout=TIMEOUT)["content"]["history"]
        assert any("town" in code for _, _, code in history), history
        assert "geheim" not in json.dumps(history), history


def background():
    with Kernel() as kernel:
        # The task waits for the second cell, so it prints when the first one is done.
        first = kernel.client.execute(
            "db.flag.drop(); db.other.drop();"
            "let late = background(|| { eventually(30, || db.flag.find_one() != ()); print(`late`); });"
        )
        kernel.finish(first)
        second = kernel.client.execute("db.flag.insert_one(#{});")
        late = kernel.until(lambda message: message["content"].get("text") == "late\n")
        assert late["parent_header"]["msg_id"] == first != second
        kernel.answer(second)
        # A task fails while no cell runs.
        third = kernel.client.execute(
            "background(|| { eventually(30, || db.other.find_one() != ()); throw `broken`; });"
        )
        kernel.answer(third)
        kernel.answer(kernel.client.execute("1"))
        pymongo.MongoClient(os.environ["MONGODB_URI"])["kernel_background"].other.insert_one({})
        failed = kernel.until(lambda message: "broken" in message["content"].get("text", ""))
        assert failed["parent_header"]["msg_id"] == third, failed


def stop():
    with Kernel() as kernel:
        kernel.run("let kept = 1; db.slow.drop(); db.slow.insert_one(#{});")
        slow = '"$where": "sleep(60000); return true;"'
        for code in ["sleep(60);", "loop {}", "db.slow.find(#{ %s }).to_array();" % slow]:
            cell = kernel.client.execute("print(`begun`); " + code)
            kernel.until(lambda message: message["content"].get("text") == "begun\n")
            kernel.manager.interrupt_kernel()
            answer, _ = kernel.finish(cell)
            assert (answer["status"], answer["ename"]) == ("error", "Interrupted"), answer
            assert kernel.text("kept") == "1"
        # A question is answered while a cell runs.
        cell = kernel.client.execute("print(`begun`); sleep(60);")
        kernel.until(lambda message: message["content"].get("text") == "begun\n")
        completion = kernel.client.complete("kep", 3)
        assert kernel.answer(completion)["matches"] == ["kept"]
        kernel.manager.interrupt_kernel()
        kernel.answer(cell)


def security():
    with Kernel() as kernel:
        kernel.run("let kept = 1;")
        info = kernel.manager.get_connection_info()
        address = "tcp://%s:%d" % (info["ip"], info["shell_port"])
        # What a client without the key sends, and what is no message at all.
        context = zmq.Context()
        dealer = context.socket(zmq.DEALER)
        dealer.connect(address)
        real = kernel.client.session
        header = real.msg("execute_request", {"code": "kept = 2;", "silent": False})
        parts = [json.dumps(part, default=str).encode() for part in (header["header"], {}, {}, header["content"])]
        signature = real.sign(parts)
        wrong = b"0" * len(signature)
        for frames in [
            [b"<IDS|MSG>", wrong, *parts],
            [b"<IDS|MSG>", b"", *parts],
            [b"<IDS|MSG>", signature, parts[0], b"{}", b"{}", parts[3].replace(b"2", b"3")],
            [b"<IDS|MSG>", signature],
            [b"<IDS|MSG>"],
            [b"", b"\xff\xfe"],
            [b""],
        ]:
            dealer.send_multipart(frames)
        plain = socket.create_connection((info["ip"], info["shell_port"]))
        plain.sendall(b"GET / HTTP/1.1\r\n\r\n" + bytes(range(256)) * 16)
        plain.close()
        # This one is signed, so all before it were read.
        dealer.send_multipart([b"<IDS|MSG>", signature, *parts])
        assert dealer.poll(TIMEOUT * 1000), "no answer"
        answers = [json.loads(dealer.recv_multipart()[-1])]
        while dealer.poll(200):
            answers.append(json.loads(dealer.recv_multipart()[-1]))
        assert [answer["status"] for answer in answers] == ["ok"], answers
        kernel.until(lambda message: message["content"].get("execution_state") == "idle")
        assert kernel.text("kept") == "2"
        context.destroy(linger=0)


def fuzz():
    """Sends garbage to all sockets. The kernel must not change, and must go on to answer."""
    chance = random.Random(7)
    with Kernel() as kernel:
        kernel.run("let kept = 1;")
        info = kernel.manager.get_connection_info()
        real = kernel.client.session
        context = zmq.Context()
        sockets = {}
        for name in ("shell", "control", "stdin", "hb"):
            sockets[name] = context.socket(zmq.DEALER)
            sockets[name].connect("tcp://%s:%d" % (info["ip"], info[name + "_port"]))
        for round in range(2000):
            message = real.msg("execute_request", {"code": "kept = 2;", "silent": False})
            parts = [json.dumps(part, default=str).encode() for part in (message["header"], {}, {}, message["content"])]
            frames = [b"<IDS|MSG>", real.sign(parts), *parts]
            # Each message is wrong somewhere: a bit, a length, an order, a part that is missing.
            change = chance.randrange(5)
            if change == 0:
                at = chance.randrange(1, len(frames))
                wrong = bytearray(frames[at])
                # Bit 5 of a letter is its case, which a signature may have both ways.
                wrong[chance.randrange(len(wrong))] ^= 1 << chance.randrange(5)
                frames[at] = bytes(wrong)
            elif change == 1:
                at = chance.randrange(1, len(frames))
                frames[at] = frames[at][: chance.randrange(len(frames[at]))]
            elif change == 2:
                del frames[chance.randrange(len(frames))]
            elif change == 3:
                frames[1] = chance.randbytes(32).hex().encode()
            else:
                frames = [chance.randbytes(chance.randrange(40)) for _ in range(chance.randrange(1, 9))]
            sockets[chance.choice(list(sockets))].send_multipart(frames)
        # What does not speak ZeroMQ at all.
        for name in ("shell", "iopub", "stdin", "control", "hb"):
            for _ in range(20):
                plain = socket.create_connection((info["ip"], info[name + "_port"]))
                plain.sendall(chance.randbytes(chance.randrange(1, 400)))
                plain.close()
        # A signed message on the same socket has its answer behind all of them. Nothing else has one.
        for name in ("shell", "control"):
            last = real.msg("kernel_info_request", {})
            parts = [json.dumps(part, default=str).encode() for part in (last["header"], {}, {}, {})]
            sockets[name].send_multipart([b"<IDS|MSG>", real.sign(parts), *parts])
            assert sockets[name].poll(TIMEOUT * 1000), "no answer"
            answer = sockets[name].recv_multipart()
            assert json.loads(answer[3])["msg_id"] == last["header"]["msg_id"], answer
        assert kernel.text("kept") == "1"
        context.destroy(linger=0)


def complete():
    with Kernel() as kernel:
        for code, expected in [
            ("1 + 1", "complete"),
            ("db.orders.find(#{ n: 1 })", "complete"),
            (":watch orders", "complete"),
            ("?find_one", "complete"),
            ("fn f() {", "incomplete"),
            ("db.orders.find(#{", "incomplete"),
            ("let x =", "incomplete"),
            ("let text = `one", "incomplete"),
            (")", "invalid"),
            ("f(1]", "invalid"),
            ("let = {", "invalid"),
            ("fn f() {\n  let let x\n", "invalid"),
            ('let text = "one', "invalid"),
            ("let x = ;", "invalid"),
        ]:
            kernel.client.is_complete(code)
            answer = kernel.client.get_shell_msg(timeout=TIMEOUT)["content"]
            assert answer["status"] == expected, (code, answer)


def many():
    with Kernel() as kernel:
        for _ in range(1000):
            _, outputs = kernel.run("1 + 1")
            assert outputs[0][1]["data"]["text/plain"] == "2", outputs
        cell = kernel.client.execute("for i in 0..10000 { print(i); }")
        _, outputs = kernel.finish(cell)
        text = "".join(content["text"] for _, content in outputs)
        assert text == "".join("%d\n" % number for number in range(10000))
        assert len(outputs) <= 100, len(outputs)


def restart():
    with Kernel() as kernel:
        kernel.run("let x = 1;")
        kernel.client.stop_channels()
        first = kernel.process()
        kernel.manager.restart_kernel()
        kernel.connect()
        assert kernel.process() != first and not is_alive(first)
        answer, _ = kernel.run("x")
        assert answer["ename"] == "Script", answer
        last = kernel.process()
    assert not is_alive(last)
    # Unix sockets, also after a kernel that was killed.
    folder = os.environ["SEAWORTHY_SOCKETS"]
    with Kernel(transport="ipc", ip=folder + "/k") as kernel:
        assert kernel.text("1 + 1") == "2"
        kernel.client.stop_channels()
        kernel.manager.restart_kernel(now=True)
        kernel.connect()
        assert kernel.text("1 + 2") == "3"


def killed():
    program = (
        "import sys, time; from jupyter_client.manager import start_new_kernel;"
        "manager, client = start_new_kernel(kernel_name='seaworthy', startup_timeout=60);"
        "client.execute('background(|| sleep(600)); sleep(600);');"
        "print(manager.provisioner.process.pid, flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    kernel = int(parent.stdout.readline())
    assert is_alive(kernel)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    end = time.monotonic() + TIMEOUT
    while is_alive(kernel):
        assert time.monotonic() < end, "the kernel is still there"
        time.sleep(0.05)


def commands():
    with Kernel() as kernel:
        kernel.run("db.orders.drop(); db.orders.insert_one(#{ _id: 0 });")
        text = kernel.text(":time 1 + 1")
        assert text.startswith("2") or text.endswith("2"), text
        assert " ms\n" in text, text
        assert "COLLSCAN" in kernel.text(":explain db.orders.find(#{})")
        # One table, which changes in place until it is stopped.
        _, outputs = kernel.run(":watch orders")
        display = outputs[0][1]["transient"]["display_id"]
        kernel.client.execute("db.orders.insert_one(#{ _id: 1 }); db.orders.update_one(#{ _id: 1 }, #{ \"$set\": #{ n: 2 } });")

        def shows_both(message):
            content = message["content"]
            if content.get("transient", {}).get("display_id") != display:
                return False
            table = content["data"].get("text/html", "")
            return message["msg_type"] == "update_display_data" and "insert" in table and "update" in table

        kernel.until(shows_both)
        kernel.client.stop_channels()
        kernel.connect()
        assert "[1] watch orders: running" in kernel.text(":jobs")
        assert kernel.text(":stop") == "stopped\n"
        assert kernel.text(":jobs") == "nothing is watched\n"
        answer, _ = kernel.run(":stop")
        assert answer["status"] == "error", answer
        answer, _ = kernel.run(":wach orders")
        assert "did you mean `:watch`" in "".join(answer["traceback"]), answer
        answer, _ = kernel.run(":time nothing();")
        assert ":1:7" in "".join(answer["traceback"]), answer
        # `db` is another database.
        kernel.run("let kept = 1;")
        kernel.run(":use kernel_other")
        assert "kernel_other" in kernel.text("db")
        kernel.run("let other = connect();")
        assert "those of `other`" in kernel.text(":use other")
        assert "the session again" in kernel.text(":use client")
        assert "find_one(" in kernel.text("?find_one")
        assert ":watch NAME" in kernel.text(":help")
        assert "documents are tables" in kernel.text(":table")
        _, outputs = kernel.run(":table [#{ n: 1 }]")
        assert "<table" in outputs[0][1]["data"]["text/html"], outputs
        assert "deleted" in kernel.text(":reset")
        answer, _ = kernel.run("kept")
        assert answer["ename"] == "Script", answer
        completion = kernel.client.complete(":wa", 3)
        assert kernel.answer(completion)["matches"] == ["watch"]


def exercise():
    with open(sys.argv[2]) as file:
        shipped = file.read()
    with open(sys.argv[3]) as file:
        solution = file.read()
    with Kernel() as kernel:
        # The verdict, the hints and the next steps of the terminal.
        shown = kernel.text(":check 8\n" + shipped)
        assert "\u2717" in shown and "Stuck?    :hint 8  (3 of 3 left)" in shown, shown
        shown = kernel.text(":hint 8")
        assert "Hint 1 of 3. " in shown and "There are 2 more." in shown, shown
        assert "There is one more." in kernel.text(":hint 8")
        shown = kernel.text(":hint 8")
        assert "Hint 1 of 3. " in shown and "Hint 3 of 3. " in shown and "the last hint" in shown, shown
        assert "`seaworthy exercise solution 8 --anyway`" in kernel.text(":hint 8")
        assert "Stuck?    seaworthy exercise solution 8 --anyway" in kernel.text(":check 8\n" + shipped)
        answer, _ = kernel.run(":check 8\nnothing(")
        assert answer["status"] == "ok", answer
        shown = kernel.text(":check 8\n" + solution)
        assert "\u2713 Solved" in shown and "  Solved    1 of " in shown, shown
        assert "Next      seaworthy notebook 09_another_truck  " in shown, shown
        answer, _ = kernel.run(":check\nlet x = 1;")
        assert "number or name" in answer["evalue"], answer


def foreign():
    os.environ["JPY_SESSION_NAME"] = os.path.abspath("4.ipynb")
    with Kernel() as kernel:
        answer, _ = kernel.run("db.drop();")
        assert "is a lesson" in answer["evalue"], answer
    os.environ["JPY_SESSION_NAME"] = os.path.abspath("not_saved.ipynb")
    with Kernel() as kernel:
        assert kernel.text("1 + 1") == "2"


def is_alive(process):
    try:
        with open("/proc/%d/cmdline" % process) as line:
            return line.read() != ""
    except (FileNotFoundError, ProcessLookupError):
        return False


{check.__name__: check for check in (cells, background, stop, security, fuzz, complete, many, restart, killed, commands, exercise, foreign)}[sys.argv[1]]()
print("ok")
