"""Statistics that controls over financial reporting are tested with."""
