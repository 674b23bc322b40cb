"""The application a page server calls."""

import os

from django.core.wsgi import get_wsgi_application

from passerelle.server import checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "passerelle.server.settings")
application = get_wsgi_application()
checks.refuse_unsafe()
