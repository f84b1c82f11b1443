"""Entry point of `playground` and `python -m playground`; prints no traceback if interrupted while loading."""

import sys


def main() -> int:
    """Run the command line and return its exit code."""
    try:
        from playground.standard_streams import end_as_interrupted, open_closed_streams

        open_closed_streams()
        end_as_interrupted()
        from playground.cli.main import main as command

        return command()
    except KeyboardInterrupt:  # the command line handles later interrupts
        return 1


if __name__ == "__main__":
    sys.exit(main())
