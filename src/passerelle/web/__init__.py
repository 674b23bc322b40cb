"""Pages for people: read the clock, know who asks, call one verb, answer."""
