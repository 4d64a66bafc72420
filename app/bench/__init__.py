"""The virtual probe's bench: its page, its controls in Acquire, and its line to the browser."""
