"""One file per page: it reads, calls one verb, answers."""
