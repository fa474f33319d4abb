"""Pictures and clips against each other: under a slider or side by side, frame by frame."""
