"""Measures video frames in the shared memory where another process writes them.

usage: measure.py RING RING_BYTES

Creates the ring and prints a line of JSON for each frame,
  {"frame": 1, "width": 640, "height": 480, "pixels": "gray", "mean": 127.4, "adler32": 305419896}
until the writer closes the ring. Exits with status 1 and a reason on standard error if a frame does not
match the metadata of the ring.
"""

import contextlib
import json
import sys
import time
import zlib

import posix_ipc
from zerobuffer import BufferConfig, Reader
from zerobuffer.exceptions import WriterDeadException

BYTES_PER_PIXEL = {"gray": 1, "rgb": 3}
# Interval between two checks of the writer.
CHECK_INTERVAL_S = 0.1
CONNECT_S = 30


def frames(reader):
    """Yields every frame until the writer closes the ring."""
    deadline = time.monotonic() + CONNECT_S
    while True:
        try:
            frame = reader.read_frame(timeout=CHECK_INTERVAL_S)
        except WriterDeadException:
            # Also raised before a writer connects; a writer starts by writing the metadata.
            if reader.get_metadata() is not None:
                return
            if time.monotonic() > deadline:
                sys.exit("no writer has connected")
            continue
        if frame is not None:
            yield frame


def measure(reader):
    video = None
    for frame in frames(reader):
        # No byte is copied: the data is in shared memory until the frame is released.
        with frame:
            video = video or json.loads(bytes(reader.get_metadata()))
            wanted = video["width"] * video["height"] * BYTES_PER_PIXEL[video["pixels"]]
            found = len(frame.data)
            if found == wanted:
                mean, checksum = sum(frame.data) / found, zlib.adler32(frame.data)
        if found != wanted:
            sys.exit(f"frame {frame.sequence} has {found} bytes, not {wanted}")
        print(
            json.dumps({"frame": frame.sequence, **video, "mean": mean, "adler32": checksum}),
            flush=True,
        )


def main():
    ring, size = sys.argv[1], int(sys.argv[2])
    try:
        with Reader(ring, BufferConfig(metadata_size=1024, payload_size=size)) as reader:
            measure(reader)
    finally:
        # The library does not remove them.
        for semaphore in (f"/sem-w-{ring}", f"/sem-r-{ring}"):
            with contextlib.suppress(posix_ipc.ExistentialError):
                posix_ipc.unlink_semaphore(semaphore)


main()
