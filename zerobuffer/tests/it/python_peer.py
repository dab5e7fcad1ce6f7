"""One side of a stream of mixed frames, run by the Python library.

usage: python_peer.py write|read NAME FRAMES LONGEST SEED

Sizes and contents follow from the seed and the frame number, as in support.rs.
"""

import sys
import time
from datetime import timedelta

from zerobuffer import BufferConfig, Reader, Writer
from zerobuffer.exceptions import ZeroBufferException

PATIENCE = 30.0
WORD = 2**64


class Numbers:
    def __init__(self, seed):
        self.state = (seed * 0x9E3779B97F4A7C15) % WORD | 1

    def up_to(self, most):
        state = self.state
        state ^= state >> 12
        state = (state ^ (state << 25)) % WORD
        state ^= state >> 27
        self.state = state
        return 1 + ((state * 0x2545F4914F6CDD1D) % WORD >> 33) % most


class Pattern:
    def __init__(self, longest):
        self.first = bytes((7 * i + 13 * (i >> 8)) & 255 for i in range(longest))
        self.shifts = [bytes((b + s) & 255 for b in range(256)) for s in range(256)]

    def frame(self, number, length):
        return self.first[:length].translate(self.shifts[131 * number & 255])


def attach(name):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return Writer(name)
        except ZeroBufferException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def write(name, frames, sizes, pattern, longest):
    with attach(name) as writer:
        writer.write_timeout = timedelta(seconds=PATIENCE)
        writer.set_metadata(b"from python")
        for number in range(1, frames + 1):
            writer.write_frame(pattern.frame(number, sizes.up_to(longest)))


def read(name, frames, sizes, pattern, longest):
    with Reader(name, BufferConfig(metadata_size=1024, payload_size=64 * 1024)) as reader:
        for number in range(1, frames + 1):
            frame = reader.read_frame(timeout=PATIENCE)
            if frame is None:
                sys.exit(f"frame {number} did not come")
            with frame:
                if frame.sequence != number:
                    sys.exit(f"frame {number} expected, {frame.sequence} read")
                if bytes(frame.data) != pattern.frame(number, sizes.up_to(longest)):
                    sys.exit(f"frame {number} has other content")
        if bytes(reader.get_metadata()) != b"from rust":
            sys.exit("other metadata")


def main():
    role, name, frames, longest, seed = sys.argv[1:]
    run = {"write": write, "read": read}[role]
    longest = int(longest)
    run(name, int(frames), Numbers(int(seed)), Pattern(longest), longest)


main()
