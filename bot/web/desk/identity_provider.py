"""Speaks OpenID Connect with the clinic's identity provider: authorization code flow with PKCE, state and nonce."""

from __future__ import annotations

import secrets
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import authlib.deprecate  # noqa: F401 - first, since it makes its own warnings louder than ours are quiet
import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.services.provider import Proven
from bot.settings import Oidc

with warnings.catch_warnings():  # Authlib would rather have httpx2; ours is httpx until that has settled
    warnings.simplefilter("ignore")
    from authlib.integrations.base_client.errors import OAuthError
    from authlib.integrations.httpx_client import OAuth2Client

SECONDS = 5.0
LEEWAY_SECONDS = 60
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_LONGEST = 200

__all__ = ["IdentityProvider", "NotProven", "Started"]


class NotProven(RuntimeError):
    """The provider did not prove who this is, or cannot be reached; the message says which and quotes no token."""


@dataclass(frozen=True, slots=True)
class Started:
    """Where to send the browser, and what to remember until it comes back."""

    url: str
    state: str
    nonce: str
    verifier: str


class IdentityProvider:
    """One provider, found by its issuer address."""

    def __init__(self, oidc: Oidc, callback: str) -> None:
        self._oidc = oidc
        self._callback = callback

    def start(self) -> Started:
        """Begin: state, nonce and PKCE verifier are fresh each time. Blocks; raises `NotProven`."""
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        where = self._discovered()
        with self._client() as client:
            url, state = client.create_authorization_url(
                str(where["authorization_endpoint"]),
                state=secrets.token_urlsafe(24),
                code_verifier=verifier,
                nonce=nonce,
            )
        return Started(str(url), str(state), nonce, verifier)

    def finish(self, code: str, *, nonce: str, verifier: str) -> Proven:
        """Trade the code for an ID token and check it. Blocks; raises `NotProven`."""
        where = self._discovered()
        try:
            with self._client() as client:
                token = client.fetch_token(
                    str(where["token_endpoint"]), code=code, code_verifier=verifier, grant_type="authorization_code"
                )
        except (OAuthError, httpx.HTTPError, ValueError):
            raise NotProven("the identity provider did not accept the sign-in") from None
        return self._proven(str(token.get("id_token") or ""), self._keys(str(where["jwks_uri"])), nonce)

    def _proven(self, token: str, keys: KeySet, nonce: str) -> Proven:
        try:
            claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            jwt.JWTClaimsRegistry(
                now=lambda: int(time.time()),
                leeway=LEEWAY_SECONDS,
                iss={"essential": True, "value": self._oidc.issuer},
                aud={"essential": True, "value": self._oidc.client_id},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(claims)
        except (JoseError, ValueError, KeyError, TypeError):
            raise NotProven("the identity provider's answer is not what we asked for") from None
        audience = claims.get("aud")
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != self._oidc.client_id:
            raise NotProven("the identity provider's answer is for somebody else")
        name = str(claims.get("name") or claims.get("preferred_username") or claims.get("email") or "")[:_LONGEST]
        return Proven(f"{self._oidc.issuer}|{claims['sub']}", name, _groups(claims, self._oidc.claim))

    def _client(self) -> Any:
        return OAuth2Client(
            self._oidc.client_id,
            self._oidc.client_secret or None,
            redirect_uri=self._callback,
            scope="openid profile email",
            code_challenge_method="S256",
            timeout=SECONDS,
            follow_redirects=False,
        )

    def _discovered(self) -> Mapping[str, Any]:
        where = _json(f"{self._oidc.issuer.rstrip('/')}/.well-known/openid-configuration")
        if where.get("issuer") != self._oidc.issuer:
            raise NotProven("the identity provider calls itself by another name than PALPATE_OIDC_ISSUER")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not _safe(str(where.get(name) or "")):
                raise NotProven(f"the identity provider gives no safe {name}")
        return where

    def _keys(self, address: str) -> KeySet:
        try:
            return KeySet.import_key_set(cast(Any, _json(address)))
        except (JoseError, ValueError, KeyError, TypeError):
            raise NotProven("the identity provider's keys cannot be read") from None


def _json(address: str) -> Mapping[str, Any]:
    try:
        answer = httpx.get(address, timeout=SECONDS, follow_redirects=False)
        answer.raise_for_status()
        body = answer.json()
    except (httpx.HTTPError, ValueError):
        raise NotProven("the identity provider cannot be reached") from None
    if not isinstance(body, dict):
        raise NotProven("the identity provider cannot be understood")
    return body


def _safe(address: str) -> bool:
    """TLS, or a provider on this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost"))


def _groups(claims: Mapping[str, Any], claim: str) -> tuple[str, ...]:
    """The values of a claim, which may lie within another: `realm_access.roles`."""
    found: Any = claims
    for part in claim.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    values = found if isinstance(found, list) else [found]
    return tuple(str(value) for value in values if isinstance(value, str))
