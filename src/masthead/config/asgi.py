"""The ASGI entry, for `masthead serve` and other servers."""

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "masthead.config.settings")
# WhiteNoise reads static files synchronously; Django says so at each of them.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
django = get_asgi_application()

from masthead.web.bodies import Bounded  # noqa: E402 - they read the settings, which are ready only now
from masthead.web.front import Front  # noqa: E402

application = Bounded(Front(django))
