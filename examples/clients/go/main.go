// A subsystem in Go: coreos/go-oidc and x/oauth2, from sign-in to back-channel logout.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"html"
	"log"
	"net/http"
	"os"
	"sync"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

func env(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

var (
	issuer = env("ISSUER", "http://localhost:3000")
	origin = env("CLIENT_ORIGIN", "http://localhost:5000")
	client = oauth2.Config{
		ClientID:     env("CLIENT_ID", "sample-app"),
		ClientSecret: env("CLIENT_SECRET", "only-for-development-sample-app-secret"),
		RedirectURL:  origin + "/callback",
		Scopes:       []string{"openid", "profile", "subsystem_account", "accounts"},
	}
	mutex    sync.Mutex
	sessions = map[string]*session{} // yours belong in a database
	attempts = map[string]attempt{}
)

type attempt struct{ state, nonce, verifier string }
type account struct {
	ID, Role, Duty string
	Unit           struct{ Name string }
}
type session struct {
	tokens            oauth2.TokenSource // refreshes when the access token is about to end
	idToken, sub, sid string
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func cookie(r *http.Request, name string) string {
	if found, err := r.Cookie(name); err == nil {
		return found.Value
	}
	return ""
}

func setCookie(w http.ResponseWriter, name string) string {
	id := rand.Text()
	http.SetCookie(w, &http.Cookie{Name: name, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return id
}

func current(r *http.Request) *session {
	mutex.Lock()
	defer mutex.Unlock()
	return sessions[cookie(r, "go_session")]
}

// open begins a session under a new id: one that was known before must be worth nothing afterwards.
func open(w http.ResponseWriter, r *http.Request, verifier *oidc.IDTokenVerifier, tokens *oauth2.Token, nonce string) {
	raw, _ := tokens.Extra("id_token").(string)
	idToken, err := verifier.Verify(r.Context(), raw)
	if err != nil || idToken.Nonce != nonce {
		http.Error(w, "refused", http.StatusBadRequest)
		return
	}
	var claims struct{ Sid string }
	check(idToken.Claims(&claims))
	mutex.Lock()
	delete(sessions, cookie(r, "go_session"))
	sessions[setCookie(w, "go_session")] = &session{client.TokenSource(context.Background(), tokens), raw, idToken.Subject, claims.Sid}
	mutex.Unlock()
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func signIn(w http.ResponseWriter, r *http.Request, extra ...oauth2.AuthCodeOption) {
	try := attempt{rand.Text(), rand.Text(), oauth2.GenerateVerifier()}
	mutex.Lock()
	attempts[setCookie(w, "go_attempt")] = try
	mutex.Unlock()
	options := append(extra, oidc.Nonce(try.nonce), oauth2.S256ChallengeOption(try.verifier))
	http.Redirect(w, r, client.AuthCodeURL(try.state, options...), http.StatusSeeOther)
}

func end(match func(*session) bool) {
	mutex.Lock()
	defer mutex.Unlock()
	for id, own := range sessions {
		if match(own) {
			delete(sessions, id)
		}
	}
}

func main() {
	provider, err := oidc.NewProvider(context.Background(), issuer)
	check(err)
	client.Endpoint = provider.Endpoint()
	client.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	ids := provider.Verifier(&oidc.Config{ClientID: client.ClientID, SupportedSigningAlgs: []string{"ES256"}})
	var metadata struct {
		EndSession string `json:"end_session_endpoint"`
	}
	check(provider.Claims(&metadata))

	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		own := current(r)
		if own == nil {
			fmt.Fprint(w, `<p>Signed out</p><a href="/login">Sign in</a>`)
			return
		}
		person, err := provider.UserInfo(r.Context(), own.tokens)
		if err != nil { // ended there
			end(func(other *session) bool { return other == own })
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		var claims struct {
			Acting   account `json:"subsystem_account"`
			Accounts []account
		}
		check(person.Claims(&claims))
		acting := claims.Acting
		fmt.Fprintf(w, `<p id="account">%s</p><form method="post" action="/switch">`, html.EscapeString(acting.ID+" "+acting.Unit.Name+" "+acting.Role+" "+acting.Duty))
		for _, other := range claims.Accounts {
			fmt.Fprintf(w, `<button name="account" value="%[1]s">%[1]s</button>`, html.EscapeString(other.ID))
		}
		fmt.Fprint(w, `</form><form method="post" action="/sign-out"><button>Sign out</button></form>`)
	})
	http.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		if iss := r.FormValue("iss"); iss != "" && iss != issuer {
			http.Error(w, "unknown issuer", http.StatusBadRequest)
			return
		}
		signIn(w, r, oauth2.SetAuthURLParam("login_hint", r.FormValue("login_hint")))
	})
	http.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		id := cookie(r, "go_attempt")
		try := attempts[id]
		delete(attempts, id)
		mutex.Unlock()
		if try.state == "" || r.FormValue("state") != try.state || r.FormValue("iss") != issuer {
			http.Error(w, "refused", http.StatusBadRequest)
			return
		}
		tokens, err := client.Exchange(r.Context(), r.FormValue("code"), oauth2.VerifierOption(try.verifier))
		if err != nil {
			http.Error(w, "refused", http.StatusBadRequest)
			return
		}
		open(w, r, ids, tokens, try.nonce)
	})
	registerEndings(provider, ids, metadata.EndSession)
	check(http.ListenAndServe("127.0.0.1:"+env("PORT", "5000"), nil))
}
