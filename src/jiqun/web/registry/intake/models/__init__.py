"""A module per entity."""

from jiqun.web.registry.intake.models.upload import ENDED, WORKING, Upload, UploadState

__all__ = ["ENDED", "WORKING", "Upload", "UploadState"]
