"""The API endpoints, and readable answers to calls that do not fit."""
