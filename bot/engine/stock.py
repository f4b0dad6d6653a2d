"""Starts Rasa as it comes, with only the stand-in for TensorFlow, so that our repairs have something to be compared with.

For measurements and tests; never for visitors.
"""

from __future__ import annotations

import os
import sys

from bot.engine import no_tensorflow

if __name__ == "__main__":
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    no_tensorflow.install()
    from rasa.__main__ import main

    sys.argv[0] = "rasa"
    main()
