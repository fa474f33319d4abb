"""A clip without its metadata: its streams as they are, in a container that says nothing else."""

from pathlib import Path

import av

from components.errors import MediaRejected
from components.media.clips.inspection import first_frame, opened
from components.media.store.durable_files import disk_space_watched

UNREADABLE = "This clip cannot be prepared to be shown. Add another one."
_OPTIONS = {"movflags": "+faststart", "fflags": "+bitexact"}


def write_clip(path: Path, target: Path) -> None:
    """Copy picture and sound, so that it plays as it arrives and names no prompt, place or tool.

    Raises `MediaRejected` for a clip whose streams do not go into an MP4, and `DiskFull`.
    """
    try:
        with (
            opened(path) as (source, picture),
            disk_space_watched(),
            av.open(str(target), "w", format="mp4", options=_OPTIONS) as output,
        ):
            streams = [picture, *source.streams.audio[:1]]
            copies = {it.index: output.add_stream_from_template(it) for it in streams}
            for copy in copies.values():
                copy.metadata.clear()
            output.metadata.clear()
            for packet in source.demux(streams):
                if packet.dts is not None:
                    packet.stream = copies[packet.stream.index]
                    output.mux(packet)
        with opened(target) as (copied, picture):
            first_frame(copied, picture, target)
    except (MediaRejected, av.FFmpegError, IndexError, ValueError) as error:
        target.unlink(missing_ok=True)
        raise MediaRejected(UNREADABLE) from error
