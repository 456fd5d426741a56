"""The launcher behind `make`: standard library only, because it runs before anything is installed."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this line is what an older Python gets to read
    sys.exit(
        "Bailu needs Python 3.11 or newer; this one is %d.%d.\n"  # noqa: UP031 - as above
        "Next: name another one, for instance  make demo PYTHON=python3.12" % sys.version_info[:2]
    )
