"""The Kling O1 playground: catalogue, provider, media, runs, interface and sandbox."""
