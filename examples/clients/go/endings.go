package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	exchange    = "urn:ietf:params:oauth:grant-type:token-exchange"
	accessToken = "urn:ietf:params:oauth:token-type:access_token"
	logoutEvent = "http://schemas.openid.net/event/backchannel-logout"
)

// ownForm tells the program's own forms from those of other pages.
func ownForm(deed http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") != origin {
			http.Error(w, "not from here", http.StatusForbidden)
			return
		}
		deed(w, r)
	}
}

// registerEndings: what replaces or ends a session. Token exchange (RFC 8693) is none of the library's: a plain post.
func registerEndings(provider *oidc.Provider, ids *oidc.IDTokenVerifier, endSession string) {
	http.HandleFunc("POST /switch", ownForm(func(w http.ResponseWriter, r *http.Request) {
		own := current(r)
		if own == nil {
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		tokens, err := own.tokens.Token()
		if err != nil {
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		form := url.Values{"grant_type": {exchange}, "subject_token": {tokens.AccessToken},
			"subject_token_type": {accessToken}, "account": {r.FormValue("account")}}
		body, err := post(client.Endpoint.TokenURL, form)
		if err != nil {
			http.Error(w, "try again", http.StatusBadGateway)
			return
		}
		if body["error"] == "insufficient_user_authentication" {
			acr, _ := body["acr_values"].(string)
			signIn(w, r, oauth2.SetAuthURLParam("account", r.FormValue("account")), oauth2.SetAuthURLParam("acr_values", acr))
			return
		}
		if body["error"] != nil {
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		access, _ := body["access_token"].(string)
		refresh, _ := body["refresh_token"].(string)
		seconds, _ := body["expires_in"].(float64)
		fresh := &oauth2.Token{AccessToken: access, RefreshToken: refresh, Expiry: time.Now().Add(time.Duration(seconds) * time.Second)}
		open(w, r, ids, fresh.WithExtra(body), "")
	}))
	http.HandleFunc("POST /sign-out", ownForm(func(w http.ResponseWriter, r *http.Request) {
		query := url.Values{"client_id": {client.ClientID}, "post_logout_redirect_uri": {origin + "/"}}
		if own := current(r); own != nil {
			query.Set("id_token_hint", own.idToken)
			end(func(other *session) bool { return other == own })
		}
		http.Redirect(w, r, endSession+"?"+query.Encode(), http.StatusSeeOther)
	}))
	// OpenID Connect Back-Channel Logout 1.0, section 2.6: verified as an ID token is, then looked at closer
	http.HandleFunc("POST /backchannel-logout", func(w http.ResponseWriter, r *http.Request) {
		token, err := ids.Verify(r.Context(), r.FormValue("logout_token"))
		var claims struct {
			Sid    string
			Nonce  *string
			Events map[string]json.RawMessage
		}
		if err != nil || token.Claims(&claims) != nil || claims.Events[logoutEvent] == nil || claims.Nonce != nil {
			http.Error(w, "no logout token", http.StatusBadRequest)
			return
		}
		end(func(own *session) bool {
			return own.sid == claims.Sid || claims.Sid == "" && own.sub == token.Subject
		})
	})
}

func post(address string, form url.Values) (map[string]any, error) {
	request, err := http.NewRequest("POST", address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(url.QueryEscape(client.ClientID), url.QueryEscape(client.ClientSecret))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body := map[string]any{}
	return body, json.NewDecoder(answer.Body).Decode(&body)
}
