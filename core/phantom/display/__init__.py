"""The screen of a virtual machine: fans, strips and traces with their scales and furniture."""

from core.phantom.display.site import VIEWS, Site, site_for

__all__ = ["VIEWS", "Site", "site_for"]
