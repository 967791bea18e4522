"""`python -m breakwater.timeline`: see command."""

import sys

from breakwater.timeline.command import main

if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:  # whoever read it, head or less, has seen enough
        sys.stderr.close()
        sys.exit(0)
