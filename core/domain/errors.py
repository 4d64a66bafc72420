"""The one error that a user causes and can mend."""


class InputError(Exception):
    """An input or an argument cannot be used.

    The message is one line that says which input, what is wrong, and what to do. The command line
    prints it
    and exits with status 2; a page shows it. It is never shown with a traceback.
    """


class CancelledError(Exception):
    """Whoever watches the progress asked for the work to stop."""
