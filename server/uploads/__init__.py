"""Uploads: how a file comes in and becomes a track."""

from server.uploads.intake import Intake
from server.uploads.model import UNLIMITED, UploadFields, cleaned_name
from server.uploads.routes import setup

__all__ = ["UNLIMITED", "Intake", "UploadFields", "cleaned_name", "setup"]
