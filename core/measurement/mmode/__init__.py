"""M-mode strips, and M-mode laid through a B-mode clip: walls followed and measured."""
