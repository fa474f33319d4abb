"""The steps of a run: submit, reconcile, poll, save."""
