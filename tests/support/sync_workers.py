"""Workers that know one derived store more: ``directory``, see `tests.support.directory_target`."""

import sys

from tests.support import directory_target
from workers.main import main

sys.modules["activities.projections.directory"] = directory_target

if __name__ == "__main__":
    sys.exit(main())
