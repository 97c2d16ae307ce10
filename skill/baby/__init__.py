"""The baby diary: feeds and diapers by voice, what was last, undo, and how long the diapers last."""
