"""Who may see, who must be told what and by when, and when it may be withheld: law as tables, and plain rules."""
