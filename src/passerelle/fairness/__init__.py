"""Whether errors are equal: invented probes by origin of name, outcomes by service and language, intervals."""
