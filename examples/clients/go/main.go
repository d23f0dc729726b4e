// A subsystem in Go: coreos/go-oidc and x/oauth2, from sign-in to back-channel logout.
package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"html/template"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

type session struct {
	tokens  oauth2.TokenSource // refreshes when the access token is about to end
	idToken string
	claims  map[string]any
}

var (
	issuer = cmp.Or(os.Getenv("ISSUER"), "http://localhost:3000")
	origin = cmp.Or(os.Getenv("CLIENT_ORIGIN"), "http://localhost:5000")
	client = oauth2.Config{
		ClientID:     cmp.Or(os.Getenv("CLIENT_ID"), "sample-app"),
		ClientSecret: cmp.Or(os.Getenv("CLIENT_SECRET"), "only-for-development-sample-app-secret"),
		RedirectURL:  origin + "/callback", Scopes: []string{"openid", "profile", "subsystem_account", "accounts"},
	}
	sessions sync.Map // by cookie; yours belong in a database
	with     = oauth2.SetAuthURLParam
	page     = template.Must(template.New("").Parse(`{{if .}}{{with .subsystem_account}}<p id="account">{{.id}} {{.unit.name}} {{.role}} {{.duty}}</p>{{end}}
<form method="post" action="/switch">{{range .accounts}}<button name="account" value="{{.id}}">{{.id}}</button>{{end}}</form>
<form method="post" action="/sign-out"><button>Sign out</button></form>
{{else}}<p>Signed out</p><a href="/login">Sign in</a>{{end}}`))
)

func setCookie(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func current(r *http.Request) (string, *session) {
	for _, cookie := range r.CookiesNamed("go_session") {
		if own, ok := sessions.Load(cookie.Value); ok {
			return cookie.Value, own.(*session)
		}
	}
	return "", nil
}

func signIn(w http.ResponseWriter, r *http.Request, more ...oauth2.AuthCodeOption) {
	state, nonce, verifier := rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	setCookie(w, "go_attempt", state+"."+nonce+"."+verifier)
	more = append(more, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier))
	http.Redirect(w, r, client.AuthCodeURL(state, more...), http.StatusSeeOther)
}

func main() {
	provider, err := oidc.NewProvider(context.Background(), issuer)
	if err != nil {
		log.Fatal(err)
	}
	metadata := map[string]any{}
	provider.Claims(&metadata)
	client.Endpoint = provider.Endpoint()
	client.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	ids := provider.Verifier(&oidc.Config{ClientID: client.ClientID, SupportedSigningAlgs: []string{"ES256"}})

	// a session under a new id: one that was known before must be worth nothing afterwards
	begin := func(w http.ResponseWriter, r *http.Request, tokens *oauth2.Token, nonce string) {
		claims := map[string]any{}
		raw, _ := tokens.Extra("id_token").(string)
		idToken, err := ids.Verify(r.Context(), raw)
		if err != nil || idToken.Nonce != nonce || idToken.Claims(&claims) != nil {
			http.Error(w, "refused", http.StatusBadRequest)
			return
		}
		before, _ := current(r)
		sessions.Delete(before)
		id := rand.Text()
		sessions.Store(id, &session{client.TokenSource(context.Background(), tokens), raw, claims})
		setCookie(w, "go_session", id)
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		var claims map[string]any
		if id, own := current(r); own != nil {
			if person, err := provider.UserInfo(r.Context(), own.tokens); err != nil || person.Claims(&claims) != nil {
				sessions.Delete(id) // ended there
			}
		}
		page.Execute(w, claims)
	})
	http.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		if cmp.Or(r.FormValue("iss"), issuer) == issuer {
			signIn(w, r, with("login_hint", r.FormValue("login_hint")))
		}
	})
	http.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		cookie, _ := r.Cookie("go_attempt")
		try := strings.Split(cmp.Or(cookie, &http.Cookie{Value: ".."}).Value, ".")
		tokens, err := client.Exchange(r.Context(), r.FormValue("code"), oauth2.VerifierOption(try[2]))
		if err == nil && try[0] != "" && r.FormValue("state") == try[0] && r.FormValue("iss") == issuer {
			begin(w, r, tokens, try[1])
		} else {
			http.Error(w, "refused", http.StatusBadRequest)
		}
	})
	// token exchange (RFC 8693): the library's own request, with another grant type
	http.HandleFunc("POST /switch", func(w http.ResponseWriter, r *http.Request) {
		if _, own := current(r); own != nil {
			account := with("account", r.FormValue("account"))
			tokens, err := own.tokens.Token()
			if err == nil {
				tokens, err = client.Exchange(r.Context(), "", account, with("subject_token", tokens.AccessToken),
					with("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
					with("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"))
			}
			if err == nil {
				begin(w, r, tokens, "")
			} else { // a second factor is wanted, or the session has ended there: the browser is sent to settle it
				signIn(w, r, account)
			}
		}
	})
	http.HandleFunc("POST /sign-out", func(w http.ResponseWriter, r *http.Request) {
		query := url.Values{"client_id": {client.ClientID}, "post_logout_redirect_uri": {origin + "/"}}
		if id, own := current(r); own != nil {
			sessions.Delete(id)
			query.Set("id_token_hint", own.idToken)
		}
		http.Redirect(w, r, metadata["end_session_endpoint"].(string)+"?"+query.Encode(), http.StatusSeeOther)
	})
	// OpenID Connect Back-Channel Logout 1.0, section 2.6: verified as an ID token is, then looked at closer
	http.HandleFunc("POST /backchannel-logout", func(w http.ResponseWriter, r *http.Request) {
		claims := map[string]any{}
		token, err := ids.Verify(r.Context(), r.FormValue("logout_token"))
		if err == nil {
			err = token.Claims(&claims)
		}
		events, _ := claims["events"].(map[string]any)
		if err != nil || events["http://schemas.openid.net/event/backchannel-logout"] == nil || claims["nonce"] != nil {
			http.Error(w, "no logout token", http.StatusBadRequest)
			return
		}
		sessions.Range(func(id, own any) bool {
			if held := own.(*session).claims; held["sid"] == claims["sid"] || claims["sid"] == nil && held["sub"] == claims["sub"] {
				sessions.Delete(id)
			}
			return true
		})
	})
	// forms of other pages are refused; what comes from no browser is not concerned
	log.Fatal(http.ListenAndServe("127.0.0.1:"+cmp.Or(os.Getenv("PORT"), "5000"),
		http.NewCrossOriginProtection().Handler(http.DefaultServeMux)))
}
