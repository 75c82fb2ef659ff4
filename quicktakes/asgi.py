"""The ASGI application, for servers that speak ASGI."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quicktakes.settings")

application = get_asgi_application()

# It needs Django as it is set up by now.
from learn.outages import leave_moved_database, never_create_database  # noqa: E402

never_create_database()
leave_moved_database()
