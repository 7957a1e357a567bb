"""The REST API under ``/api/v1``, one file a kind of thing."""

from __future__ import annotations

from fastapi import APIRouter

ROUTERS: tuple[APIRouter, ...] = ()
"""Every part of the API."""
