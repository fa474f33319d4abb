"""A preflighter that counts the files it examines, or fails as a test wants."""

from pathlib import Path

from components.media.preflight import Examined, Preflighter


class CountingPreflighter(Preflighter):
    """A preflighter that counts what it is asked for; `fault` is raised instead of an answer."""

    count = 0
    fault: Exception | None = None

    def examine(self, source: Path | str, *arguments: object, **options: object) -> Examined:
        self.count += 1
        if self.fault:
            raise self.fault
        return super().examine(source, *arguments, **options)  # type: ignore[arg-type]
