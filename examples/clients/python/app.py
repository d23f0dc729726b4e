"""A subsystem in Python: Flask and Authlib, from sign-in to back-channel logout."""

import os
import secrets
import time
from html import escape
from urllib.parse import urlencode

import requests
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, request, session
from joserfc import jwt
from joserfc.jwk import KeySet

ISSUER = os.environ.get("ISSUER", "http://localhost:3000")
ORIGIN = os.environ.get("CLIENT_ORIGIN", "http://localhost:5000")
CLIENT_ID = os.environ.get("CLIENT_ID", "sample-app")
CLIENT_SECRET = os.environ.get("CLIENT_SECRET", "only-for-development-sample-app-secret")
OAUTH = "urn:ietf:params:oauth"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"

app = Flask(__name__)
app.config.update(SECRET_KEY=secrets.token_bytes(32), SESSION_COOKIE_NAME="sample", SESSION_COOKIE_SAMESITE="Lax")
entry = OAuth(app).register(
    "entry",
    client_id=CLIENT_ID,
    client_secret=CLIENT_SECRET,
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile subsystem_account accounts", "code_challenge_method": "S256"},
)
sessions = {}  # yours belong in a database; the cookie stays a mere id


def metadata(name):
    return entry.load_server_metadata()[name]


def ask_for_tokens(**grant):
    return requests.post(metadata("token_endpoint"), auth=(CLIENT_ID, CLIENT_SECRET), data=grant, timeout=10)


def keep(own, tokens):
    own["tokens"] = own.get("tokens", {}) | tokens
    own["fresh_until"] = time.time() + tokens["expires_in"] - 30


def open_session(tokens, claims):
    """Under a new id: one that was known before must be worth nothing afterwards."""
    sessions.pop(session.get("id"), None)
    session["id"] = secrets.token_urlsafe(32)
    sessions[session["id"]] = own = {"sub": claims["sub"], "sid": claims["sid"]}
    keep(own, tokens)


def current_session():
    """With a token that is still good; None once the single entry has ended it."""
    own = sessions.get(session.get("id"))
    if own is None or own["fresh_until"] > time.time():
        return own
    answer = ask_for_tokens(grant_type="refresh_token", refresh_token=own["tokens"]["refresh_token"])
    if answer.ok:
        keep(own, answer.json())
        return own
    sessions.pop(session["id"], None)
    return None


@app.get("/")
def home():
    own = current_session()
    bearer = {"Authorization": "Bearer " + own["tokens"]["access_token"]} if own else {}
    answer = own and requests.get(metadata("userinfo_endpoint"), headers=bearer, timeout=10)
    if not answer:  # nobody, or ended there
        sessions.pop(session.get("id"), None)
        return '<p>Signed out</p><a href="/login">Sign in</a>'
    person = answer.json()
    acting = person["subsystem_account"]
    line = f"{person['name']}: {acting['id']} {acting['unit']['name']} {acting['role']} {acting['duty']}"
    others = [escape(other["id"]) for other in person.get("accounts", [])]
    buttons = "".join(f'<button name="account" value="{other}">{other}</button>' for other in others)
    return f"""<p id="account">{escape(line)}</p><form method="post" action="/switch">{buttons}</form>
        <form method="post" action="/sign-out"><button>Sign out</button></form>"""


@app.get("/login")
def login():
    if request.args.get("iss", ISSUER) != ISSUER:
        return "", 400
    hint = {"login_hint": request.args["login_hint"]} if "login_hint" in request.args else {}
    return entry.authorize_redirect(f"{ORIGIN}/callback", **hint)


@app.get("/callback")
def callback():
    tokens = entry.authorize_access_token()  # checks state, PKCE, nonce and the ID token
    open_session(tokens, tokens["userinfo"])
    return redirect("/")


@app.before_request
def refuse_foreign_forms():
    is_form = request.method == "POST" and request.path != "/backchannel-logout"
    return ("", 403) if is_form and request.headers.get("Origin") != ORIGIN else None


@app.post("/switch")
def switch():
    """Token exchange (RFC 8693): of which Authlib's client knows nothing."""
    own = current_session()
    if own is None:
        return redirect("/")
    account = {"account": request.form["account"]}
    subject = {"subject_token": own["tokens"]["access_token"], "subject_token_type": f"{OAUTH}:token-type:access_token"}
    answer = ask_for_tokens(grant_type=f"{OAUTH}:grant-type:token-exchange", **subject, **account)
    if answer.ok:
        open_session(answer.json(), own)
    elif answer.json().get("error") == "insufficient_user_authentication":
        return entry.authorize_redirect(f"{ORIGIN}/callback", **account, acr_values=answer.json()["acr_values"])
    return redirect("/")


@app.post("/sign-out")
def sign_out():
    own = sessions.pop(session.pop("id", None), None)
    query = {"client_id": CLIENT_ID, "post_logout_redirect_uri": f"{ORIGIN}/"}
    query |= {"id_token_hint": own["tokens"]["id_token"]} if own else {}
    return redirect(f"{metadata('end_session_endpoint')}?{urlencode(query)}")


@app.post("/backchannel-logout")
def backchannel_logout():
    """OpenID Connect Back-Channel Logout 1.0, section 2.6"""
    try:
        keys = KeySet.import_key_set(requests.get(metadata("jwks_uri"), timeout=10).json())
        token = jwt.decode(request.form["logout_token"], keys, algorithms=["ES256"])
        claims = token.claims
        rules = {name: {"essential": True, "value": value} for name, value in (("iss", ISSUER), ("aud", CLIENT_ID))}
        jwt.JWTClaimsRegistry(**rules, exp={"essential": True}).validate(claims)
        if token.header.get("typ") != "logout+jwt" or LOGOUT not in claims["events"] or "nonce" in claims:
            raise ValueError("no logout token")
    except Exception:  # whatever is wrong with it
        return "", 400
    name = "sid" if "sid" in claims else "sub"
    for key in [key for key, own in sessions.items() if own[name] == claims[name]]:
        del sessions[key]
    return ""


if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", "5000")))
