"""The provider's contract, served locally: the first start without a key, the demo and the tests.

Written from the provider's published description alone, not from the client, so that the two cannot
agree on a mistake. `Sandbox` is a real HTTP server in a thread and needs no network.
"""

from components.sandbox.faults.fault import Fault, Faults
from components.sandbox.http.server import Sandbox
from components.sandbox.options import SandboxOptions

__all__ = ["Fault", "Faults", "Sandbox", "SandboxOptions"]
