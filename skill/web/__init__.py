"""The web face: the only package that knows Flask, and the judge of every Alexa request."""
