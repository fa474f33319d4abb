"""What several rooms draw with: canvas, lettering, sheets, video frames."""
