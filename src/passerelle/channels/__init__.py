"""Ways out to a service: e-mail and webhooks that say that something waits, and what was read in a form others read."""
