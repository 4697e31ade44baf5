"""How long it takes to the first prompt, and to the first answer, side by side.

    python3 benches/prompt_start.py target/dist/seaworthy [mongosh] [ipython]

Each program is started in a terminal of its own (80 x 24), in a home that nothing else uses, one after the other, ROUNDS
times; a stopwatch runs from before the fork until its prompt is on the screen, and until the answer to its first line is
that counts the documents of a collection. The middle value is printed, the fastest and the slowest behind it. The server
is the private one of seaworthy, so that all of them talk to the same; "not running" means that seaworthy starts it
first. mongosh comes from npm, ipython with pymongo from pip; one that is not named is left out.
"""

import os
import pty
import re
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 11
COLOURS = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")


class Terminal:
    def __init__(self, command, environment):
        self.started = time.monotonic()
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.execvpe(command[0], command, environment)
        self.seen = b""

    def until(self, pattern):
        """Seconds from the start until the pattern is on the screen."""
        while not re.search(pattern, COLOURS.sub(b"", self.seen)):
            if not select.select([self.terminal], [], [], 60)[0]:
                raise SystemExit(f"no {pattern!r} in {self.seen[-500:]!r}")
            self.seen += os.read(self.terminal, 65536)
            if b"\x1b[6n" in self.seen:
                # Some editors ask where the cursor is before they go on.
                self.seen = self.seen.replace(b"\x1b[6n", b"")
                os.write(self.terminal, b"\x1b[1;1R")
        return time.monotonic() - self.started

    def asks(self, line):
        os.write(self.terminal, line.encode() + b"\r")

    def end(self):
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.terminal)


def measure(name, command, environment, prompt, question, answer, before=lambda: None):
    prompts, answers = [], []
    for _ in range(ROUNDS):
        before()
        terminal = Terminal(command, environment)
        prompts.append(terminal.until(prompt) * 1000)
        terminal.asks(question)
        answers.append(terminal.until(answer) * 1000)
        terminal.end()
    for what, times in (("first prompt", prompts), ("first answer", answers)):
        middle = statistics.median(times)
        print(f"{name:34} {what}  {middle:8.1f} ms   ({min(times):.1f} to {max(times):.1f})", flush=True)
    return statistics.median(prompts), statistics.median(answers)


def main():
    program = os.path.abspath(sys.argv[1])
    others = [os.path.abspath(path) for path in sys.argv[2:]]
    with tempfile.TemporaryDirectory() as home:
        environment = {
            "HOME": home,
            "PATH": os.environ["PATH"],
            "TERM": "xterm-256color",
            "XDG_RUNTIME_DIR": home,
        }
        for name in ("SEAWORTHY_MONGOD",):
            if name in os.environ:
                environment[name] = os.environ[name]

        def server(*words):
            done = subprocess.run([program, "-q", "server", *words], env=environment, capture_output=True, text=True)
            return done.stdout.strip()

        question, answer = "db.nothing.count_documents()", rb"\n\s*0\s"
        own = ([program], environment, rb"lessons[^\n]*> ", question, answer)
        # mongod's files exist; only the process does not.
        server("start")
        server("stop")
        cold = measure("seaworthy, server not running", *own, before=lambda: server("stop"))
        server("start")
        warm = measure("seaworthy, server running", *own)
        uri = server("uri")
        for other in others:
            if "ipython" in os.path.basename(other):
                code = f"from pymongo import MongoClient; db = MongoClient({uri!r}).lessons; db.command('ping')"
                command = [other, "--no-banner", "--no-confirm-exit", "-i", "-c", code]
                asked = ("db.nothing.count_documents({})", rb"Out\[\d+\]: *0")
                prompt = rb"In \[1\]: "
            else:
                command = [other, "--quiet", uri]
                asked = ("db.nothing.countDocuments()", rb"Documents\(\)[\s\S]*\n\s*0\s")
                prompt = rb"\w+> "
            name = os.path.basename(other) + ", server running"
            prompts, answers = measure(name, command, environment, prompt, *asked)
            print(
                f"  to the prompt {prompts / warm[0]:.0f} times as long as seaworthy, to the answer {answers / warm[1]:.0f}"
                f" times; where seaworthy starts the server first, {prompts / cold[0]:.1f} and {answers / cold[1]:.1f} times"
            )
        server("stop")


main()
