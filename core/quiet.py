"""Notices of torch and its kin that no user can act on, silenced by name before they are given.

Each is said while detectron2 or timm is imported or first used, and means nothing to whoever looks
at an echo. Anything else that a library has to say still comes through. Imported by `core` itself,
so that the command line, the app and a notebook are all quiet; it brings no library along.
"""

import logging
import warnings

_NOTICES = (
    r"`torch\.jit\.script` is deprecated",  # detectron2 and timm script functions when imported
    r"`torch\.jit\.script_method` is deprecated",
    r"torch\.meshgrid: in an upcoming release",  # detectron2's anchors
    r"You are using the legacy TorchScript-based ONNX export",  # chosen: no more packages for it
    r"The feature will be removed. Please remove usage of this function",
)
_LOGGERS = (
    "torch.fx._symbolic_trace",  # detectron2 asks whether it is being traced, at each call
)


def silence() -> None:
    """Puts the filters in force."""
    for notice in _NOTICES:
        warnings.filterwarnings("ignore", message=notice)
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.ERROR)
