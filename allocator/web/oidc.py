"""OpenID Connect: somebody else says who a person is; what they may do is said here alone.

Code flow with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636, RFC 9700); what the
provider signs must be for us, of today and of this login.
"""

from __future__ import annotations

import ssl
import threading
import time
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from allocator.errors import NotAllowed
from allocator.web.errors import Away
from allocator.web.settings import Oidc

ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
"""Signatures with a key of the provider's alone: never ``none``, never our own secret."""
KEPT = 3600.0  # seconds that what the provider says of itself is believed
LEEWAY = 60  # seconds that clocks may differ
TIMEOUT = 10.0  # seconds
PAUSE = 5.0  # seconds in which a provider that did not answer is not asked again
AWAY = "the login service does not answer; nothing was done"


@dataclass(frozen=True)
class Going:
    """A login under way; the browser keeps it, sealed.

    fresh: the provider was asked to let the person prove themselves again
    began: seconds since 1970
    """

    state: str
    nonce: str
    verifier: str
    fresh: bool
    began: int


@dataclass(frozen=True)
class Said:
    """What a provider said: a mail that it verified."""

    mail: str


class Provider:
    """One provider, asked for its addresses and keys when they are needed first."""

    def __init__(self, settings: Oidc) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._found: dict[str, Any] = {}
        self._keys = KeySet([])
        self._until = self._away_until = 0.0

    def address(self, going: Going, back: str) -> str:
        """Where the browser is sent; it comes back to ``back``. Raises Away."""
        again = {"prompt": "login", "max_age": "0"} if going.fresh else {}
        with self._client(back) as client:
            url, _ = client.create_authorization_url(
                self._metadata()["authorization_endpoint"], state=going.state,
                code_verifier=going.verifier, nonce=going.nonce, **again,
            )  # fmt: skip
        return str(url)

    def said(self, going: Going, code: str, *, back: str, now: int) -> Said:
        """Trade the code for what it stands for.

        now: seconds since 1970. Raises NotAllowed for anything that is not as it must be, Away.
        """
        from authlib.integrations.base_client import OAuthError

        metadata = self._metadata()
        try:
            with self._client(back) as client:
                token = client.fetch_token(
                    metadata["token_endpoint"], code=code, code_verifier=going.verifier,
                    grant_type="authorization_code",
                )  # fmt: skip
                claims = self._claims(str(token.get("id_token", "")), going, now)
                if "email" not in claims and "userinfo_endpoint" in metadata:
                    answer = client.get(metadata["userinfo_endpoint"]).raise_for_status().json()
                    if answer.get("sub") != claims["sub"]:
                        raise NotAllowed("the login service speaks of somebody else")
                    claims |= {key: answer.get(key) for key in ("email", "email_verified")}
        except (OAuthError, JoseError, httpx.HTTPStatusError, ValueError, KeyError, TypeError):
            raise NotAllowed("what the login service said does not hold; log in again") from None
        except httpx.HTTPError:
            raise Away(AWAY) from None
        if not claims.get("email") or claims.get("email_verified") is not True:
            raise NotAllowed("the login service did not say a verified mail")
        return Said(str(claims["email"]))

    def issued_by(self, issuer: str) -> bool:
        """Whether an answer's ``iss`` (RFC 9207) is this provider; there, where promised."""
        found = self._metadata()
        promised = found.get("authorization_response_iss_parameter_supported", False)
        return issuer == self.settings.issuer if issuer or promised else True

    def _claims(self, token: str, going: Going, now: int) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken

        try:
            found = jwt.decode(token, self._keys, algorithms=ALGORITHMS)
        except InvalidKeyIdError:  # its keys have changed
            self._until = 0.0
            self._metadata()
            found = jwt.decode(token, self._keys, algorithms=ALGORITHMS)
        wanted = {
            "iss": {"essential": True, "value": self.settings.issuer},
            "aud": {"essential": True, "value": self.settings.client_id},
        }
        claims = CodeIDToken(
            found.claims, found.header, wanted,
            {"nonce": going.nonce, "client_id": self.settings.client_id},
        )  # fmt: skip
        claims.validate(now=now, leeway=LEEWAY)
        if going.fresh and not going.began - LEEWAY <= int(claims["auth_time"]) <= now + LEEWAY:
            raise NotAllowed("the login service did not ask again who you are")
        return dict(claims)

    def _metadata(self) -> dict[str, Any]:
        with self._lock:
            now = time.monotonic()
            if now < self._until:
                return self._found
            if now < self._away_until:
                raise Away(AWAY)
            try:
                self._found, self._keys = self._fetched()
            except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError, AttributeError):
                self._away_until = time.monotonic() + PAUSE
                raise Away(AWAY) from None
            self._until = time.monotonic() + KEPT
            return self._found

    def _fetched(self) -> tuple[dict[str, Any], KeySet]:
        at = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        with httpx.Client(timeout=TIMEOUT, verify=_trusted()) as client:
            found = client.get(at).raise_for_status().json()
            if found["issuer"] != self.settings.issuer:
                raise ValueError("another issuer")
            for name in ("authorization_endpoint", "token_endpoint"):
                _safe(found[name])
            keys = client.get(_safe(found["jwks_uri"])).raise_for_status().json()
        return found, KeySet.import_key_set(keys)

    def _client(self, back: str) -> Any:
        import authlib.deprecate  # sets its own filter of warnings; ours follows it

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", authlib.deprecate.AuthlibDeprecationWarning)
            from authlib.integrations.httpx_client import OAuth2Client
        return OAuth2Client(
            self.settings.client_id, self.settings.client_secret, scope="openid email",
            redirect_uri=back, code_challenge_method="S256", timeout=TIMEOUT,
            verify=_trusted(),
        )  # fmt: skip


@cache
def _trusted() -> ssl.SSLContext:
    """Certificates that are believed, read once: it takes a twentieth of a second."""
    return httpx.create_ssl_context()


def _safe(url: str) -> str:
    """The address. Raises ValueError where others could read what is sent there."""
    parts = httpx.URL(url)
    if parts.scheme != "https" and parts.host not in ("localhost", "127.0.0.1"):
        raise ValueError("no https")
    return url
