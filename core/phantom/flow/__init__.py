"""What moves: blood, walls and valves over time, as colour, spectra and M-mode see them."""
