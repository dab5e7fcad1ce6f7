"""Starts programs for others, as a remote shell does: without their environment, and not as their child.

`far.py listen SOCKET` waits for calls until its standard input ends; `far.py call SOCKET PROGRAM ARGUMENT...`
has the program started by it, and passes standard input and output on.
"""

import json
import os
import socket
import subprocess
import sys
import threading


def pump(read, write, end):
    while chunk := read(65536):
        write(chunk)
    end()


def serve(connection):
    calls = connection.makefile("rb")
    command, folder = json.loads(calls.readline())
    environment = {"PATH": os.environ["PATH"]}
    child = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    CHILDREN.append(child)
    descriptor = child.stdin.fileno()
    threading.Thread(target=pump, args=(calls.read1, lambda chunk: os.write(descriptor, chunk), child.stdin.close), daemon=True).start()
    pump(child.stdout.read1, connection.sendall, lambda: None)
    child.wait()
    connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def listen(path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    print("listening", flush=True)

    def accept():
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()
    for child in CHILDREN:
        if child.poll() is None:
            child.kill()
    # The other threads hold the streams.
    os._exit(0)


def call(path, command):
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    connection.sendall(json.dumps([command, os.getcwd()]).encode() + b"\n")
    end = lambda: connection.shutdown(socket.SHUT_WR)
    threading.Thread(target=pump, args=(lambda size: os.read(0, size), connection.sendall, end), daemon=True).start()
    pump(connection.recv, lambda chunk: os.write(1, chunk), lambda: None)
    os._exit(0)


CHILDREN = []
if sys.argv[1] == "listen":
    listen(sys.argv[2])
else:
    call(sys.argv[2], sys.argv[3:])
