"""A serve process of another implementation. The words of a step select its result."""

import json
import os
import signal
import subprocess
import sys
import time


def step(text):
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
        with open(f"/dev/shm/kept_{numbers}", "w"):
            pass
    if "says" in text:
        print(text, file=sys.stderr, flush=True)
    if "ends" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "lasts" in text:
        time.sleep(float(text.split("'")[-2]))
    return {"success": True}


def answer(request):
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


main()
