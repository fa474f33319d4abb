"""The Kling O1 playground. `python app.py` starts it; without a key it brings its own sandbox."""

import gc


def main() -> None:
    """Import everything, and start."""
    # What is imported stays: looking through it again and again takes a fifth of the start.
    gc.disable()
    from components.commands.start import start  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    start()


if __name__ == "__main__":
    main()
