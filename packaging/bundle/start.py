"""Where the bundle begins: the command `inlay`."""

import sys

from app.main import main

sys.exit(main())
