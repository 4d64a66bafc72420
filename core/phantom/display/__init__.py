"""The screen of a virtual machine: fans, strips and traces with their scales and furniture."""

from core.phantom.display.fan import FanScreen, make_fan_screen
from core.phantom.display.modes import render_mode
from core.phantom.display.still import ModeClip
from core.phantom.flow.site import VIEWS, Site, site_for

__all__ = ["VIEWS", "FanScreen", "ModeClip", "Site", "make_fan_screen", "render_mode", "site_for"]
