"""Chromium without a window: the system's, else Playwright's own."""

import shutil

from playwright.sync_api import Browser, Playwright

OFF_FOR_PLAYWRIGHT = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
)
"""What Playwright itself turns off: of several such lists Chromium takes the last, ours."""
ADDRESS_BAR = ("WebUIOmniboxAimPopup", "WebUIOmniboxPopup")
"""Suggestions of an address bar that nobody sees: two processes for every window."""
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join((*OFF_FOR_PLAYWRIGHT, *ADDRESS_BAR))}",
)


def launch_chromium(playwright: Playwright) -> Browser:
    """Raises playwright's `Error` where no Chromium can be had."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    return playwright.chromium.launch(executable_path=path, args=list(FLAGS))
