"""Hears speech as Amazon's cloud does: the words in a sound by a model's own sentences, and a second vote."""
