"""What the service needs of whoever drives the runs, here or on other machines."""

from typing import Protocol

from components.runs.timing.provider_throttle import ProviderThrottle


class Driver(Protocol):
    """Takes runs forward: see `scheduler.Engine` and `cluster.remote_workers.RemoteWorkers`."""

    @property
    def throttle(self) -> ProviderThrottle:
        """What is known of the provider, and how many runs may be sent."""
        ...

    def wake(self) -> None:
        """There is something new to do; returns at once and never raises."""
        ...
