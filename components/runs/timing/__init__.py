"""How long a run takes, when to look next, and when the provider may be asked."""
