"""What happened, folded from the ledger alone, and held against the tables."""
