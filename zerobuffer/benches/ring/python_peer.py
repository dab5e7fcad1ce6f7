"""One side of a sample, run by the Python library.

usage: python_peer.py --job ROLE CARRIER WORKLOAD LEN RING NAME MICROSECONDS CPU
"""

import os
import sys
import time
from datetime import timedelta

from zerobuffer import BufferConfig, Reader, Writer
from zerobuffer.exceptions import ZeroBufferException

PATIENCE = 10.0
LAST = 1 << 63


def attach(name):
    # This library stays connected where a semaphore is missing yet, and refuses itself afterwards.
    objects = [f"/dev/shm/{name}", f"/dev/shm/sem.sem-w-{name}", f"/dev/shm/sem.sem-r-{name}"]
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if all(map(os.path.exists, objects)):
                writer = Writer(name)
                writer.write_timeout = timedelta(seconds=PATIENCE)
                return writer
        except ZeroBufferException:
            pass
        if time.monotonic() > deadline:
            raise TimeoutError(f"no buffer {name}")
        time.sleep(0.001)


def create(name, ring):
    # A ring that is a multiple of the frame stops this library.
    return Reader(name, BufferConfig(metadata_size=64, payload_size=ring + 192))


def take(reader, number, length):
    with reader.read_frame(timeout=PATIENCE) as frame:
        stamp = int.from_bytes(frame.data[:8], "little")
        if len(frame.data) != length or stamp & ~LAST != number:
            sys.exit(f"frame {number}: {len(frame.data)} bytes, number {stamp}")
        return stamp & LAST != 0


def stamped(content, number, last):
    content[:8] = (number | (LAST if last else 0)).to_bytes(8, "little")
    return content


def main():
    role, _, _, length, ring, name, micros, cpu = sys.argv[2:]
    length, ring, seconds = int(length), int(ring), int(micros) / 1e6
    os.sched_setaffinity(0, {int(cpu)})
    content = bytearray(length)
    number = 0
    if role == "producer":
        with attach(name + "-a") as writer:
            end = time.monotonic() + seconds
            last = False
            while not last:
                last = time.monotonic() >= end
                writer.write_frame(stamped(content, number, last))
                number += 1
    elif role == "consumer":
        with create(name + "-a", ring) as reader:
            last = take(reader, 0, length)
            began = time.monotonic_ns()
            while not last:
                number += 1
                last = take(reader, number, length)
            print((time.monotonic_ns() - began) / max(number, 1))
    elif role == "client":
        trips = []
        with create(name + "-b", ring) as back, attach(name + "-a") as there:
            end = time.monotonic() + seconds
            last = False
            while not last:
                began = time.monotonic_ns()
                last = time.monotonic() >= end
                there.write_frame(stamped(content, number, last))
                take(back, number, length)
                trips.append(time.monotonic_ns() - began)
                number += 1
        trips.sort()
        print(*(trips[int((len(trips) - 1) * share)] for share in (0.5, 0.99, 0.999)))
    else:
        with create(name + "-a", ring) as there, attach(name + "-b") as back:
            last = False
            while not last:
                last = take(there, number, length)
                back.write_frame(stamped(content, number, last))
                number += 1
            time.sleep(0.05)


main()
