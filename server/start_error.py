"""Why a start stops, in words for the person at the keyboard; shown without a traceback."""


class StartError(Exception):
    """The message says what is wrong and what to do."""
