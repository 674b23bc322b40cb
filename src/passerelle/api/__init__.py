"""For systems: parse, call one verb, answer. Every request is signed by a machine of one service."""
