"""Plays Amazon's side offline: the device, its cloud, transcripts of what was said, and test fixtures."""
