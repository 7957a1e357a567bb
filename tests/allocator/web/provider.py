"""A tiny OpenID provider on this machine, which can be told to lie."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

CLIENT, SECRET = "allocator", "between the two of us"


@dataclass
class Provider:
    """Who logs in there, and what it signs; tests change its fields.

    now:    seconds since 1970, on its clock
    claims: instead of, or beside, the honest ones; None leaves one out
    """

    mail: str = "dora@example.org"
    now: int = 0
    claims: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "ES256"
    key: Any = None
    metadata: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] | None = None
    asked: dict[str, str] = field(default_factory=dict)
    """of the last login"""
    up: bool = True
    followed: int = 0
    """how often somebody went where ``/elsewhere`` sends them"""

    def __post_init__(self) -> None:
        self.known = ECKey.generate_key("P-256", {"kid": "first"})
        self.key = self.known
        outer = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.answer(self, urlsplit(self.path).path, "")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                outer.answer(self, urlsplit(self.path).path, body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        """Stop."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def login(self, address: str) -> str:
        """Somebody logs in at the address they were sent to; the query they come back with."""
        parts = urlsplit(address)
        assert address.startswith(f"{self.issuer}/authorize?")
        self.asked = dict(parse_qsl(parts.query))
        return f"code=c0de&state={self.asked['state']}"

    def answer(self, request: BaseHTTPRequestHandler, path: str, body: str) -> None:
        """One request of the server's."""
        if path == "/elsewhere":
            request.send_response(302)
            request.send_header("location", f"{self.issuer}/followed")
            request.send_header("content-length", "0")
            request.end_headers()
            return
        if path == "/followed":
            self.followed += 1
            path = "/jwks"
        made = {
            "/.well-known/openid-configuration": self.about,
            "/jwks": lambda *_: KeySet([self.known]).as_dict(),
            "/token": self.token,
            "/userinfo": lambda *_: self.userinfo,
        }[path](request, body)
        status = 503 if not self.up else 400 if "error" in made else 200
        content = json.dumps(made).encode()
        request.send_response(status)
        request.send_header("content-type", "application/json")
        request.send_header("content-length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def about(self, *_: object) -> dict[str, Any]:
        """What it says of itself."""
        at = self.issuer
        told = {
            "issuer": at, "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token", "jwks_uri": f"{at}/jwks",
        }  # fmt: skip
        return told | self.metadata

    def token(self, request: BaseHTTPRequestHandler, body: str) -> dict[str, Any]:
        """A code against an ID token: with the client's secret, and the verifier of PKCE."""
        form = {key: values[0] for key, values in parse_qs(body).items()}
        right = base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '+')}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        fits = (
            request.headers["authorization"] in (f"Basic {right}", f"Basic {plain}")
            and form["code"] == "c0de"
            and form["redirect_uri"] == self.asked["redirect_uri"]
            and challenge == self.asked["code_challenge"]
            and self.asked["code_challenge_method"] == "S256"
        )
        if not fits:
            return {"error": "invalid_grant"}
        return {"access_token": "a", "token_type": "Bearer", "id_token": self.signed()}

    def signed(self) -> str:
        """The ID token."""
        honest = {
            "iss": self.issuer, "aud": CLIENT, "sub": "1", "iat": self.now, "exp": self.now + 300,
            "nonce": self.asked["nonce"], "email": self.mail, "email_verified": True,
            "auth_time": self.now,
        }  # fmt: skip
        claims = {key: value for key, value in (honest | self.claims).items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.key.kid}
        return jwt.encode(header, claims, self.key, algorithms=[self.algorithm])


def shared_key() -> OctKey:
    """What a forger makes of the client's secret."""
    return OctKey.import_key(SECRET, {"kid": "first"})
