"""A playground and a provider in compressed time: every fault, in any order, over many runs.

Everything of the playground that takes runs forward is the real thing; only the clock, the threads,
the network below `requests` and the provider are played. One seed is one world, and it is the same
every time: `python -m tests.simulation SEED` plays it again and tells what happens.
"""
