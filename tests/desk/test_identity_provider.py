"""Sign-in by the clinic's identity provider, against a stand-in on loopback that signs real tokens."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.settings import BadSettings, Oidc, Settings

KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})
BACK = "/desk/sign-in/provider/back"


@dataclass
class Provider:
    """Discovers, trades codes for ID tokens, and lies where a test wants it to."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEY)
    asked: dict[str, str] = field(default_factory=dict)
    token_calls: int = 0

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/keys", self.keys),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    async def discovery(self, _request: Request) -> JSONResponse:
        where = {"authorization_endpoint": "/auth", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return JSONResponse({"issuer": self.url, **{name: self.url + path for name, path in where.items()}})

    async def keys(self, _request: Request) -> JSONResponse:
        return JSONResponse({"keys": [KEY.as_dict(private=False)]})

    async def token(self, request: Request) -> JSONResponse:
        self.token_calls += 1
        form = await request.form()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(str(form["code_verifier"]).encode()).digest())
        if form["code"] != "right" or challenge.rstrip(b"=").decode() != self.asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": "palpate", "sub": "u-1", "iat": now, "exp": now + 300, "nonce": self.asked["nonce"],
            "name": "Dana", "groups": ["front"], **self.claims,
        }  # fmt: skip
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": token})


@pytest.fixture(scope="module")
def standing() -> Iterator[Provider]:
    provider = Provider()
    server = uvicorn.Server(uvicorn.Config(provider.app(), port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    provider.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield provider
    server.should_exit = True
    thread.join()


@pytest.fixture
def provider(standing, context) -> Provider:
    standing.claims, standing.key, standing.asked, standing.token_calls = {}, KEY, {}, 0
    roles = {"front": "reviewer", "leads": "lead"}
    context.settings = replace(context.settings, oidc=Oidc(standing.url, "palpate", "secret", "groups", roles))
    return standing


def set_out(provider, browser):
    answer = browser.get("/desk/sign-in/provider")
    assert answer.status_code == 303
    asked = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    provider.asked = asked
    return asked["state"]


def come_back(provider, browser, code="right"):
    return browser.get(f"{BACK}?code={code}&state={set_out(provider, browser)}")


def account(context, name="Dana"):
    with context.uow.reading() as uow:
        return uow.staff.by_name(name)


@pytest.fixture
def newcomer(provider, context, stranger):
    """Opens a browser that knows nothing of the others."""
    return lambda: type(stranger)(context)


@pytest.fixture
def somebody(newcomer):
    return newcomer()


def test_a_proven_member_of_a_group_comes_in_with_its_role(context, provider, somebody):
    assert come_back(provider, somebody).headers["location"] == "/desk"
    assert somebody.get("/desk").status_code == 200
    assert account(context).role == "reviewer"


def test_the_role_follows_the_groups_and_goes_with_them(context, provider, somebody, newcomer):
    come_back(provider, somebody)
    provider.claims = {"groups": ["front", "leads"]}
    come_back(provider, newcomer())
    assert account(context).role == "lead"
    provider.claims = {"groups": ["cleaners"]}
    assert come_back(provider, newcomer()).status_code == 401
    assert somebody.get("/desk").headers["location"] == "/desk/sign-in", "the sessions of before end, too"


@pytest.mark.parametrize("groups", [[], "admin", ["admin"], None, {"front": True}, 7])
def test_without_a_group_that_is_named_nobody_comes_in(context, provider, somebody, groups):
    provider.claims = {"groups": groups}
    assert come_back(provider, somebody).status_code == 401
    assert account(context) is None


def test_no_group_makes_an_administrator():
    env = {"PALPATE_OIDC_ISSUER": "https://id.example", "PALPATE_OIDC_CLIENT_ID": "p"}
    with pytest.raises(BadSettings, match="admin is given at the desk"):
        Settings.from_env({**env, "PALPATE_OIDC_ROLES": "bosses=admin"})
    with pytest.raises(BadSettings, match="PALPATE_OIDC_ROLES"):
        Settings.from_env(env)


LIES = {
    "another issuer": {"iss": "https://evil.example"},
    "for another program": {"aud": "somebody-else"},
    "for several, made for another": {"aud": ["palpate", "x"], "azp": "x"},
    "another nonce": {"nonce": "old"},
    "over": {"exp": 1_000_000_000},
    "nobody": {"sub": None},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_does_not_fit_lets_nobody_in(context, provider, somebody, lie):
    provider.claims = LIES[lie]
    assert come_back(provider, somebody).status_code == 401
    assert account(context) is None


def test_a_token_signed_by_another_key_lets_nobody_in(context, provider, somebody):
    provider.key = OTHER_KEY
    assert come_back(provider, somebody).status_code == 401
    assert account(context) is None


def test_a_wrong_code_lets_nobody_in(provider, somebody):
    assert come_back(provider, somebody, "wrong").status_code == 401


def test_an_answer_this_browser_did_not_ask_for_is_not_even_traded(context, provider, somebody, newcomer):
    state = set_out(provider, somebody)
    assert newcomer().get(f"{BACK}?code=right&state={state}").status_code == 401, "another browser"
    assert somebody.get(f"{BACK}?code=right&state=other").status_code == 401
    assert somebody.get(f"{BACK}?code=right&state={state}").status_code == 401, "the state was used up"
    assert provider.token_calls == 0


def test_a_name_that_is_taken_is_not_taken_over(context, provider, somebody):
    context.staff("Dana", "admin")
    come_back(provider, somebody)
    assert account(context).oidc_subject is None
    assert account(context, "Dana (2)").role == "reviewer"


def test_the_password_of_such_an_account_opens_nothing(context, provider, somebody, newcomer):
    come_back(provider, somebody)
    assert newcomer().sign_in("Dana", "").status_code == 401


def test_a_provider_that_is_away_is_told_and_the_password_still_works(context, provider, somebody, newcomer):
    context.settings = replace(context.settings, oidc=replace(context.settings.oidc, issuer="http://127.0.0.1:9"))
    away = newcomer()
    assert away.get("/desk/sign-in/provider").status_code == 502
    context.staff("Ana")
    assert away.sign_in("Ana").status_code == 303


def test_without_a_provider_there_is_no_such_door(stranger):
    assert stranger.get("/desk/sign-in/provider").status_code == 404
    assert "clinic's account" not in stranger.get("/desk/sign-in").text
