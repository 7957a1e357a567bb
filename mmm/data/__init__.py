"""From tables on disk to MediaData, without a guess."""

from mmm.data.load import load
from mmm.data.media_data import MediaData, digest_of

__all__ = ["MediaData", "digest_of", "load"]
