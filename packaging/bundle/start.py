"""Where the bundle begins: the command `inlay`."""

import multiprocessing
import sys

from app.main import main

# The process that works out a form's expression begins here as well, and has nothing else to do.
multiprocessing.freeze_support()
sys.exit(main())
