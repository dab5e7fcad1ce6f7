"""A serve process of another implementation. The words of a step select its result."""

import json
import os
import signal
import subprocess
import sys
import time


ANNOUNCED = {}
# What the reference runner sends. Serves of other languages make an object of these, and refuse others.
MEMBERS = {"Role", "Platform", "Scenario", "HostPid", "FeatureId", "TestRunId"}


def is_running(marker):
    """Returns whether a process has this argument and has not ended."""
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/cmdline", "rb") as file:
                found = marker.encode() in file.read().split(b"\0")
            with open(f"/proc/{process}/stat") as file:
                found = found and file.read().rsplit(")", 1)[1].split()[0] != "Z"
        except OSError:
            continue
        if found:
            return True
    return False


def has_died(pid):
    """Whether a process has ended; one that is not waited for yet has."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")")[-1].split()[0] in "ZX"
    except OSError:
        return True


def rely_on(other, reaction):
    """Works with another process for a while, and reacts to its death."""
    try:
        pid = open(f"pid-{os.environ['HARMONY_HOST_PID']}-{other}").read()
    except OSError:
        return {"success": False, "error": f"{other} has not introduced itself"}
    until = time.monotonic() + 0.3
    while time.monotonic() < until:
        if has_died(pid):
            if reaction == "hangs":
                time.sleep(3600)
            if reaction == "crashes":
                os.kill(os.getpid(), signal.SIGSEGV)
            if reaction == "complains":
                return {"success": False, "error": f"{other} has died"}
        time.sleep(0.01)
    return {"success": True}


def note(text):
    """Writes when the step begins and ends; in between it waits for a file, if it names one."""
    words = text.split("'")
    with open(words[5], "a") as file:
        file.write(f"{words[3]} begins\n")
    while len(words) > 7 and not os.path.exists(words[7]):
        time.sleep(0.01)
    with open(words[5], "a") as file:
        file.write(f"{words[3]} ends\n")


def stumble(text):
    """Fails the first times; each attempt at a scenario has a new process."""
    words = text.split("'")
    with open(words[3], "a") as file:
        file.write(".")
    count = os.path.getsize(words[3])
    return {"success": count > int(words[5]), "error": f"failure number {count}"}


def step(text):
    if "notes" in text:
        note(text)
        return {"success": True}
    if "stumbles" in text:
        return stumble(text)
    if "finds no process" in text and is_running(text.split("'")[-2]):
        return {"success": False, "error": "it runs"}
    if "numbers" in text:
        numbers = f"{os.environ.get('HARMONY_HOST_PID')} {ANNOUNCED['HostPid']} {ANNOUNCED['FeatureId']}"
        return {"success": True, "logs": [{"level": 2, "message": f"numbers: {numbers}"}]}
    if "introduces" in text:
        role = text.split("'")[1]
        with open(f"pid-{os.environ['HARMONY_HOST_PID']}-{role}", "w") as file:
            file.write(str(os.getpid()))
    if "relies on" in text:
        _, _, _, other, rest = text.split("'")
        return rely_on(other, rest.split()[-1])
    if "counts" in text:
        # Replies that differ between runs in what is not compared.
        logs = [{"level": 2, "message": f"pid {os.getpid()}"}]
        context = {"count": os.environ.get("PEER_COUNT", "1")}
        return {"success": True, "error": None, "context": context, "logs": logs, "duration": time.time()}
    if "times out" in text:
        error = f"no frame within {time.time_ns() % 1000} ms (pid {os.getpid()})"
        return {"success": False, "error": error}
    if "flies" in text:
        return {"success": False, "error": f"No matching step definition found for: {text}"}
    if "falls" in text:
        logs = [{"level": 2, "message": f"log {number}"} for number in range(200)]
        return {"success": False, "error": "it fell", "logs": logs}
    if "environment" in text:
        return {"success": True, "logs": [{"level": 2, "message": os.environ.get("PEER", "none")}]}
    if "folder" in text:
        return {"success": True, "logs": [{"level": 2, "message": os.getcwd()}]}
    if "measures" in text:
        logs = [{"level": 1, "message": f'measured "write": {number}.5 ms'} for number in range(3)]
        return {"success": True, "logs": logs}
    if "hides" in text:
        number = text.split("'")[-2]
        subprocess.run(["setsid", "--fork", "env", "-i", "/bin/sleep", number], close_fds=True)
    if "leaves" in text:
        numbers = f"{os.environ['HARMONY_HOST_PID']}_{os.environ['HARMONY_FEATURE_ID']}"
        with open(f"/dev/shm/kept_{numbers}", "x"):
            pass
        print("it left a file", file=sys.stderr, flush=True)
    if "has its file" in text:
        numbers = f"{os.environ['HARMONY_HOST_PID']}_{os.environ['HARMONY_FEATURE_ID']}"
        return {"success": os.path.exists(f"/dev/shm/kept_{numbers}"), "error": "it was removed"}
    if "waits for the file" in text:
        while not os.path.exists(text.split("'")[-2]):
            time.sleep(0.01)
    if "says" in text:
        print(text, file=sys.stderr, flush=True)
    if "ends" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "lasts" in text:
        time.sleep(float(text.split("'")[-2]))
    return {"success": True}


def answer(request):
    if request["method"] == "initialize":
        ANNOUNCED.update(request["params"][0])
        if unknown := ANNOUNCED.keys() - MEMBERS:
            sys.exit(f"unexpected members: {unknown}")
    if request["method"] == "crash" and "stays" not in sys.argv:
        os._exit(70)
    if request["method"] == "executeStep":
        return step(request["params"][0]["Step"])
    if request["method"] == "discover":
        return {"steps": [{"type": kind, "pattern": os.environ.get("PEER_PATTERN", ".*")} for kind in ("Given", "When", "Then")]}
    return True


def misbehave(mode, out):
    """Breaks the protocol at the first step instead of replying to it."""
    if mode == "dies":
        sys.exit(7)
    if mode == "garbage":
        out.write(b"this is not a frame\r\n\r\n")
        out.flush()
    if mode == "silent":
        signal.pause()


def main():
    source, out = sys.stdin.buffer, sys.stdout.buffer
    while header := source.readline():
        source.readline()
        request = json.loads(source.read(int(header.split()[1])))
        if request["method"] == "executeStep" and "PEER_MODE" in os.environ:
            misbehave(os.environ["PEER_MODE"], out)
        reply = {"jsonrpc": "2.0", "id": request["id"], "result": answer(request)}
        if "PEER_WITHOUT_VERSION" in os.environ:
            del reply["jsonrpc"]
        body = json.dumps(reply).encode()
        out.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        out.flush()
        if request["method"] == "shutdown" and "stays" not in sys.argv:
            return
    while "stays" in sys.argv:
        signal.pause()


main()
