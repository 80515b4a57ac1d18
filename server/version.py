"""The version that is installed."""

from importlib.metadata import PackageNotFoundError, version


def houle_version() -> str:
    """Return the version of the package, or `unreleased` in a checkout that is not installed."""
    try:
        return version("houle")
    except PackageNotFoundError:
        return "unreleased"
