"""Assembly only: settings, addresses of pages, and the page server."""
