"""One side of a duplex channel, run by the Python library.

usage: duplex_peer.py serve|request|gap CHANNEL COUNT

A response is its request backwards. Request k has 37k mod 3000 + 1 bytes, of which byte i is k + i.
The server serves until its standard input ends; the client ends after COUNT requests.
"""

import sys
import time

from zerobuffer import BufferConfig
from zerobuffer.duplex.client import DuplexClient
from zerobuffer.duplex.server import ImmutableDuplexServer
from zerobuffer.exceptions import SequenceError, ZeroBufferException

PATIENCE = 30.0


def serve(channel, _count):
    server = ImmutableDuplexServer(channel, BufferConfig(4096, 64 * 1024), timeout=PATIENCE)
    server.start(lambda frame, out: out.write_frame(bytes(frame.data)[::-1]))
    print("@@ serving", flush=True)
    sys.stdin.read()
    server._running = False


def connect(channel):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return DuplexClient(channel)
        except ZeroBufferException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def content(number):
    return bytes((number + i) & 255 for i in range(37 * number % 3000 + 1))


def request(channel, count):
    depth = 4
    with connect(channel) as client:
        for number in range(1, count + depth + 1):
            if number <= count:
                client.send_request(content(number))
            if number > depth:
                response = client.receive_response(int(PATIENCE * 1000))
                if not response.is_valid:
                    sys.exit(f"no response to request {number - depth}")
                if response.sequence != number - depth:
                    sys.exit(f"response {response.sequence} to request {number - depth}")
                if bytes(response.data) != content(number - depth)[::-1]:
                    sys.exit(f"other content in response {number - depth}")
                response.dispose()
    print("@@ done", flush=True)


def gap(channel, count):
    """Expects a sequence error in place of the response that the server leaves out."""
    with connect(channel) as client:
        for number in range(1, count + 1):
            client.send_request(content(number))
        first = client.receive_response(int(PATIENCE * 1000))
        if not first.is_valid or first.sequence != 1:
            sys.exit("no response to request 1")
        first.dispose()
        try:
            client.receive_response(int(PATIENCE * 1000))
        except SequenceError:
            print("@@ sequence error", flush=True)


role, channel, count = sys.argv[1:]
{"serve": serve, "request": request, "gap": gap}[role](channel, int(count))
