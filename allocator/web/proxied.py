"""What a proxy in front says: from where people come, and who they are. Others are not believed."""

from __future__ import annotations

from hmac import compare_digest
from ipaddress import ip_address, ip_network

from fastapi import Request

from allocator.web import state
from allocator.web.settings import Proxy

SECRET = "x-proxy-secret"
NOWHERE = "unknown"


def address(request: Request) -> str:
    """From where somebody comes: the last address in ``X-Forwarded-For`` that is no proxy of ours.

    Without a known proxy it is whoever opened the connection: the header is anybody's to write.
    """
    peer = request.client.host if request.client else NOWHERE
    proxy = state.settings(request).proxy
    if proxy is None or not _among(peer, proxy.peers):
        return peer
    forwarded = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    for one in reversed([text.strip() for text in forwarded if text.strip()]):
        if not _among(one, proxy.peers):
            return one[:64]
    return peer


def mail_of(request: Request) -> str:
    """The mail that a proxy names; empty where it names none, or another than it spoke."""
    proxy = state.settings(request).proxy
    if proxy is None or not proxy.header or not _is_ours(request, proxy):
        return ""
    said = request.headers.getlist(proxy.header)
    return said[0].strip() if len(said) == 1 else ""


def _is_ours(request: Request, proxy: Proxy) -> bool:
    """From a peer of ours, and with the secret: both, where both are set."""
    if proxy.peers and not _among(request.client.host if request.client else "", proxy.peers):
        return False
    sent = request.headers.get(SECRET, "")
    return (
        bool(proxy.peers)
        if not proxy.secret
        else compare_digest(sent.encode(), proxy.secret.encode())
    )


def _among(text: str, networks: tuple[str, ...]) -> bool:
    try:
        one = ip_address(text)
    except ValueError:
        return False
    return any(one in ip_network(each) for each in networks)
