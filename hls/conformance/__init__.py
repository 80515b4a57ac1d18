"""What a package of playlists and segments gets wrong: assertions over text and bytes handed in."""

from hls.conformance.assertions import ASSERTIONS, Finding, Severity
from hls.conformance.media_rules import Source
from hls.conformance.package import Package, check

__all__ = ["ASSERTIONS", "Finding", "Package", "Severity", "Source", "check"]
