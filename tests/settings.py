"""The product's settings, in a data folder of their own that ends with the test run."""

import atexit
import os
import shutil
import tempfile

if "MASTHEAD_DATA" not in os.environ:
    os.environ["MASTHEAD_DATA"] = tempfile.mkdtemp(prefix="masthead-test-")
    atexit.register(shutil.rmtree, os.environ["MASTHEAD_DATA"], ignore_errors=True)

from masthead.config.settings import *  # noqa: F403

# Tests change rows and look in the same instant; those of the kept pages turn it on.
KEEP_PAGES = False
