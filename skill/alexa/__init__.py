"""The Alexa face: request envelopes become turns, answers become response envelopes; no business rule."""
