"""What a server is told when it starts: by options and by the environment, never by default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from mmm.errors import Fault, InputError

UPLOAD = 10_000_000  # bytes of one request: as much as the store takes of one document
SHORTEST_SECRET = 32  # bytes


@dataclass(frozen=True)
class Oidc:
    """Somebody else identifies people: OpenID Connect.

    issuer: its address, letter by letter as the provider says it of itself
    """

    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True)
class Proxy:
    """What stands in front of the server.

    peers:  networks it calls from; only their ``X-Forwarded-For`` counts
    header: names the mail of whoever is at the other end; empty where nobody is identified so
    secret: what ``X-Proxy-Secret`` must say beside it
    """

    peers: tuple[str, ...]
    header: str = ""
    secret: str = ""


@dataclass(frozen=True)
class Settings:
    """One server.

    public_url:         what people type: ``https://plans.example.org``
    secret_file:        random bytes that sign what passes a login
    insecure_localhost: plain http, on this machine only
    upload_limit:       bytes of one request
    leaked_passwords:   SHA-1 of each, in order, as Have I Been Pwned hands them out
    acts_a_minute:      that one person, or their programs, may change things
    """

    database_url: str
    authority: Path
    public_url: str
    secret_file: Path
    insecure_localhost: bool = False
    upload_limit: int = UPLOAD
    acts_a_minute: int = 600
    leaked_passwords: Path | None = None
    oidc: Oidc | None = None
    proxy: Proxy | None = None

    @property
    def origin(self) -> str:
        """``https://plans.example.org``, without a path."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def secure(self) -> bool:
        """Whether people come by https."""
        return self.public_url.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """What the header Host may say."""
        return frozenset({urlsplit(self.public_url).netloc.lower()})

    def secret(self) -> bytes:
        """The content of the secret file. Raises InputError where it is missing or short."""
        try:
            content = self.secret_file.read_bytes()
        except OSError as error:
            raise _bad("secret file", error.strerror or "nothing", "a file of its own") from None
        if len(content) < SHORTEST_SECRET:
            raise _bad("secret file", f"{len(content)} bytes", f"{SHORTEST_SECRET} or more")
        return content


def checked(settings: Settings) -> Settings:
    """The same settings. Raises InputError for an address that people could not come by safely."""
    parts = urlsplit(settings.public_url)
    plain = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    whole = bool(parts.netloc) and parts.path in ("", "/") and not (parts.query or parts.fragment)
    if not whole or not (parts.scheme == "https" or (plain and settings.insecure_localhost)):
        fix = "TLS in front, or --insecure-localhost on this machine only"
        raise _bad("--public-url", repr(settings.public_url), "https://HOST", fix)
    return settings


def refuse_open(settings: Settings, host: str) -> None:
    """Raise InputError where plain http would be heard beyond this machine."""
    if settings.insecure_localhost and host not in ("127.0.0.1", "::1", "localhost"):
        expected = "127.0.0.1, as --insecure-localhost says"
        raise _bad("--host", repr(host), expected, "or --public-url https://… with TLS in front")


def oidc_of(environment: Mapping[str, str] = os.environ) -> Oidc | None:
    """OpenID Connect as the environment says it; None where it says nothing.

    Raises InputError where a part is missing, or the issuer could be read by others on the way.
    """
    names = ("ALLOCATOR_OIDC_ISSUER", "ALLOCATOR_OIDC_CLIENT_ID", "ALLOCATOR_OIDC_CLIENT_SECRET")
    values = [environment.get(name, "") for name in names]
    if not any(values):
        return None
    faults = [
        Fault(name, 0, 0, "", "nothing", "a value: OpenID Connect needs all three")
        for name, value in zip(names, values, strict=True)
        if not value
    ]
    if faults:
        raise InputError(faults)
    parts = urlsplit(values[0])
    local = parts.hostname in ("localhost", "127.0.0.1")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise _bad(names[0], repr(values[0]), "https://…")
    return Oidc(values[0], values[1], values[2])


def leaked_of(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The file of leaked passwords; None without one. Raises InputError where it is not there."""
    name = environment.get("ALLOCATOR_LEAKED_PASSWORDS", "")
    if name and not Path(name).is_file():
        raise _bad("ALLOCATOR_LEAKED_PASSWORDS", repr(name), "a file")
    return Path(name) if name else None


def proxy_of(environment: Mapping[str, str] = os.environ) -> Proxy | None:
    """What stands in front, as the environment says it; None where it says nothing.

    Raises InputError for a header of identity that anybody could send.
    """
    peers = environment.get("ALLOCATOR_PROXY_PEERS", "").replace(",", " ").split()
    header = environment.get("ALLOCATOR_PROXY_HEADER", "").strip().lower()
    secret = environment.get("ALLOCATOR_PROXY_SECRET", "")
    if not (peers or header or secret):
        return None
    for one in peers:
        try:
            ip_network(one)
        except ValueError:
            expected = "networks, such as 127.0.0.1 or 10.0.0.0/8"
            raise _bad("ALLOCATOR_PROXY_PEERS", repr(one), expected) from None
    if header and not (peers or secret):
        fix = "set ALLOCATOR_PROXY_PEERS or ALLOCATOR_PROXY_SECRET"
        raise _bad("ALLOCATOR_PROXY_HEADER", "a header that anybody could send", "a proxy", fix)
    if secret and len(secret) < SHORTEST_SECRET:
        expected = f"{SHORTEST_SECRET} characters or more"
        raise _bad("ALLOCATOR_PROXY_SECRET", f"{len(secret)} characters", expected)
    return Proxy(tuple(peers), header, secret)


def _bad(name: str, found: str, expected: str, fix: str = "") -> InputError:
    return InputError([Fault(name, 0, 0, "", found, expected, fix)])
