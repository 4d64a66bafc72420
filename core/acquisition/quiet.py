"""Keeps the decoding libraries from writing on the terminal: what they find is said once, by us.

Imported for its effect by each module here that decodes. A damaged file makes libav, Pillow and
pydicom print lines of their own; the command line promises exactly one.
"""

import logging
import warnings

import av.logging
from pydicom import config as pydicom_config

# None drops libav's lines before they reach Python. Any level would not only print: its callback
# waits for the interpreter's lock in a decoder thread while the lock's holder waits for that
# thread, and the program stands still.
av.logging.set_level(None)

# Reading only: a value that breaks the standard's syntax is judged where it is used.
pydicom_config.settings.reading_validation_mode = pydicom_config.IGNORE
logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)
logging.getLogger("PIL").setLevel(logging.CRITICAL + 1)
warnings.filterwarnings("ignore", module=r"pydicom(\.|$)")
warnings.filterwarnings("ignore", module=r"PIL(\.|$)")
