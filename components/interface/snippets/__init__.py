"""The code of a request: for a form or a past run, programs that run as they are."""
