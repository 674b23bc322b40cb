"""Can the people there are hold the clocks? The day they break, and what hiring, borrowing or waiting would buy."""
