"""The WSGI application that gunicorn serves: `gunicorn quicktakes.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quicktakes.settings")

django_application = get_wsgi_application()

# All need Django as it is set up by now.
from learn.monitoring.requests import Monitored  # noqa: E402
from learn.outages import leave_moved_database, never_create_database  # noqa: E402
from learn.pages.site import with_page_store  # noqa: E402

never_create_database()
leave_moved_database()
application = Monitored(with_page_store(django_application))
