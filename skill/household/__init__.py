"""Who may ask for what: households, members, devices, addresses, consent, and the identity of a speaker."""
