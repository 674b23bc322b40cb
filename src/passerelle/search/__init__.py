"""Search across languages, as plain rules: the glossary, what a text is found by, how a question is read and ranked."""
