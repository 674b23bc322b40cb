"""Who may see, who must be told what and by when, and on which ground it is withheld: law as tables, and plain rules."""
