"""Trained networks behind HTTP: an API for other programs. Needs the extra `serve`; nothing else imports this."""

TOKEN = "PLAYGROUND_TOKEN"  # environment variable: what clients must send
DRAIN = 30  # seconds for requests to end when the service is told to
