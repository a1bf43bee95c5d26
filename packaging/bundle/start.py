"""Where the bundle begins: the command `inlay`."""

import sys

from engine.forms import worked_out

# This program again, with nothing else to do (`engine/forms/worked_out.py`).
if sys.argv[1:] == [worked_out.ARGUMENT]:
    worked_out.main()
    sys.exit()

from app.main import main

sys.exit(main())
