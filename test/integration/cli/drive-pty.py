"""Runs a command on a pseudo terminal, as a person would, and reports what could be seen.

Standard input is JSON: {"argv": [...], "rows": n, "cols": n, "steps": [{"wait": text, "send": text} |
{"wait": text, "resize": [rows, cols]} | {"wait": text, "kill": signal name}]}. Standard output is JSON: {"code": n, "screen": text,
"restored": whether the terminal's mode afterwards is what it was before, "raw": whether it was raw at the first step}.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

DEADLINE_SECONDS = 30


def set_size(fd, rows, cols):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))


def is_raw(fd):
    return not termios.tcgetattr(fd)[3] & (termios.ICANON | termios.ECHO | termios.ISIG)


def spawn(argv, terminal):
    pid = os.fork()
    if pid == 0:
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        for fd in range(3):
            os.dup2(terminal, fd)
        os.closerange(3, 64)
        os.execvp(argv[0], argv)
    return pid


def read(master, screen, deadline):
    ready, _, _ = select.select([master], [], [], max(0, deadline - time.monotonic()))
    if not ready:
        sys.exit(f"nothing more came after: {bytes(screen)!r}")
    screen += os.read(master, 65536)


def perform(step, master, pid):
    if "send" in step:
        os.write(master, step["send"].encode())
    if "resize" in step:
        set_size(master, *step["resize"])
    if "kill" in step:
        os.kill(pid, getattr(signal, step["kill"]))


def drain(master, screen):
    while select.select([master], [], [], 0)[0]:
        screen += os.read(master, 65536)


def main():
    task = json.load(sys.stdin)
    master, terminal = pty.openpty()
    set_size(master, task["rows"], task["cols"])
    before = termios.tcgetattr(terminal)
    pid = spawn(task["argv"], terminal)
    deadline = time.monotonic() + DEADLINE_SECONDS
    screen, raw, seen = bytearray(), None, 0
    for step in task["steps"]:
        wanted = step["wait"].encode()
        while screen.find(wanted, seen) < 0:
            read(master, screen, deadline)
        seen = screen.find(wanted, seen) + len(wanted)
        raw = is_raw(terminal) if raw is None else raw
        perform(step, master, pid)
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        drain(master, screen)
        if done:
            break
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            sys.exit(f"did not end after: {bytes(screen)!r}")
        select.select([master], [], [], 0.05)
    restored = termios.tcgetattr(terminal) == before
    code = os.waitstatus_to_exitcode(status)
    json.dump({"code": code, "screen": screen.decode(errors="replace"), "raw": raw, "restored": restored}, sys.stdout)


main()
