"""Which request bodies the contract accepts, checked by the sandbox's own description."""
