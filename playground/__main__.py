"""`playground`, and `python -m playground`: the command line, quiet also when it is interrupted while it loads."""

import sys


def main() -> int:
    """Do what the process was asked for and return its exit code."""
    try:
        from playground.standard_streams import end_as_interrupted, open_closed_streams

        open_closed_streams()
        end_as_interrupted()
        from playground.cli.main import main as command

        return command()
    except KeyboardInterrupt:  # what comes later the command line takes care of
        return 1


if __name__ == "__main__":
    sys.exit(main())
