"""The verbs: one plain function each, one transaction each. Ask a rule, change rows, write down."""
