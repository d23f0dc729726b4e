import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.oauth2.sdk.*;
import com.nimbusds.oauth2.sdk.auth.*;
import com.nimbusds.oauth2.sdk.id.*;
import com.nimbusds.oauth2.sdk.pkce.*;
import com.nimbusds.oauth2.sdk.token.TokenTypeURI;
import com.nimbusds.oauth2.sdk.tokenexchange.TokenExchangeGrant;
import com.nimbusds.oauth2.sdk.util.*;
import com.nimbusds.openid.connect.sdk.*;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.*;
import com.sun.net.httpserver.*;
import java.io.IOException;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.*;

/** A subsystem in Java: the JDK's own server and the Nimbus SDK, from sign-in to back-channel logout. */
public class Sample {
  static final String ISSUER = env("ISSUER", "http://localhost:3000"), ORIGIN = env("CLIENT_ORIGIN", "http://localhost:5000");
  static final ClientID CLIENT = new ClientID(env("CLIENT_ID", "sample-app"));
  static final Secret SECRET = new Secret(env("CLIENT_SECRET", "only-for-development-sample-app-secret"));
  static final Scope SCOPE = new Scope("openid", "profile", "subsystem_account", "accounts");
  static final URI CALLBACK = URI.create(ORIGIN + "/callback"), HOME = URI.create(ORIGIN + "/");

  record Session(OIDCTokens tokens, String sub, String sid, long freshUntil) {}

  static final Map<String, Session> sessions = new ConcurrentHashMap<>(); // by cookie; yours belong in a database
  static OIDCProviderMetadata provider;

  static String env(String name, String fallback) { return System.getenv().getOrDefault(name, fallback); }

  public static void main(String[] args) throws Exception {
    provider = OIDCProviderMetadata.resolve(new Issuer(ISSUER));
    var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(env("PORT", "5000"))), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", http -> {
      try (http) {
        answer(http, http.getRequestMethod() + " " + http.getRequestURI().getPath());
      } catch (Exception error) {
        send(http, 400, "refused");
      }
    });
    server.start();
  }

  static void answer(HttpExchange http, String request) throws Exception {
    var body = new String(http.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var form = URLUtils.parseParameters(request.startsWith("POST") ? body : http.getRequestURI().getRawQuery());
    var isOwnForm = ORIGIN.equals(http.getRequestHeaders().getFirst("Origin"));
    switch (request) {
      case "GET /" -> home(http);
      case "GET /login" -> {
        if (!ISSUER.equals(first(form, "iss", ISSUER))) throw new IOException("unknown issuer");
        signIn(http, "login_hint", first(form, "login_hint", ""));
      }
      case "GET /callback" -> {
        var attempt = cookie(http, "java_attempt").split("\\."); // state, nonce, verifier
        var answer = AuthenticationResponseParser.parse(http.getRequestURI()).toSuccessResponse();
        if (!answer.getState().getValue().equals(attempt[0]) || !answer.getIssuer().getValue().equals(ISSUER)) throw new IOException();
        var grant = new AuthorizationCodeGrant(answer.getAuthorizationCode(), CALLBACK, new CodeVerifier(attempt[2]));
        open(http, ask(grant, Map.of()), new Nonce(attempt[1]));
      }
      case "POST /switch" -> { if (isOwnForm) switchTo(http, first(form, "account", "")); }
      case "POST /sign-out" -> {
        var own = isOwnForm ? sessions.remove(cookie(http, "java_session")) : null;
        var hint = own == null ? null : own.tokens.getIDToken();
        redirect(http, new LogoutRequest(provider.getEndSessionEndpointURI(), hint, null, CLIENT, HOME, null, null).toURI());
      }
      case "POST /backchannel-logout" -> { // the validator checks all of Back-Channel Logout 1.0, section 2.6
        var validator = new LogoutTokenValidator(provider.getIssuer(), CLIENT, JWSAlgorithm.ES256, provider.getJWKSetURI().toURL());
        var claims = validator.validate(JWTParser.parse(first(form, "logout_token", "")));
        sessions.values().removeIf(own -> claims.getSessionID() == null
            ? own.sub.equals(claims.getSubject().getValue()) : own.sid.equals(claims.getSessionID().getValue()));
        send(http, 200, "");
      }
      default -> send(http, 404, "");
    }
  }

  static void home(HttpExchange http) throws Exception {
    var own = current(http);
    var answer = own == null ? null : UserInfoResponse.parse(
        new UserInfoRequest(provider.getUserInfoEndpointURI(), own.tokens.getBearerAccessToken()).toHTTPRequest().send());
    if (answer == null || !answer.indicatesSuccess()) { // nobody, or ended there
      sessions.remove(cookie(http, "java_session"));
      send(http, 200, "<p>Signed out</p><a href=\"/login\">Sign in</a>");
      return;
    }
    var person = answer.toSuccessResponse().getUserInfo().toJSONObject();
    var acting = JSONObjectUtils.getJSONObject(person, "subsystem_account");
    var page = new StringBuilder("<p id=\"account\">" + escape(acting.get("id") + " " + acting.get("role") + " " + acting.get("duty")) + "</p>");
    page.append("<form method=\"post\" action=\"/switch\">");
    for (var other : JSONObjectUtils.getJSONArray(person, "accounts")) {
      var id = escape(String.valueOf(((Map<?, ?>) other).get("id")));
      page.append("<button name=\"account\" value=\"" + id + "\">" + id + "</button>");
    }
    send(http, 200, page + "</form><form method=\"post\" action=\"/sign-out\"><button>Sign out</button></form>");
  }

  static void signIn(HttpExchange http, String name, String value) throws Exception {
    var state = new State(); var nonce = new Nonce(); var verifier = new CodeVerifier();
    setCookie(http, "java_attempt", state + "." + nonce + "." + verifier.getValue());
    var request = new AuthenticationRequest.Builder(ResponseType.CODE, SCOPE, CLIENT, CALLBACK).state(state).nonce(nonce)
        .endpointURI(provider.getAuthorizationEndpointURI()).codeChallenge(verifier, CodeChallengeMethod.S256);
    redirect(http, (value.isEmpty() ? request : request.customParameter(name, value)).build().toURI());
  }

  /** Token exchange (RFC 8693): the SDK has the grant; the account is a parameter of its own. */
  static void switchTo(HttpExchange http, String account) throws Exception {
    var own = current(http);
    if (own == null) { redirect(http, HOME); return; }
    var answer = ask(new TokenExchangeGrant(own.tokens.getAccessToken(), TokenTypeURI.ACCESS_TOKEN), Map.of("account", account));
    if (answer.indicatesSuccess()) open(http, answer, null);
    else signIn(http, "account", account); // a second factor is wanted, or the session has ended there
  }

  static TokenResponse ask(AuthorizationGrant grant, Map<String, String> extra) throws Exception {
    var request = new TokenRequest.Builder(provider.getTokenEndpointURI(), new ClientSecretBasic(CLIENT, SECRET), grant);
    extra.forEach(request::customParameter);
    return OIDCTokenResponseParser.parse(request.build().toHTTPRequest().send());
  }

  /** Under a new id: one that was known before must be worth nothing afterwards. */
  static void open(HttpExchange http, TokenResponse answer, Nonce nonce) throws Exception {
    var tokens = ((OIDCTokenResponse) answer.toSuccessResponse()).getOIDCTokens();
    var validator = new IDTokenValidator(provider.getIssuer(), CLIENT, JWSAlgorithm.ES256, provider.getJWKSetURI().toURL());
    var claims = validator.validate(tokens.getIDToken(), nonce);
    sessions.remove(cookie(http, "java_session"));
    var id = new State().getValue();
    sessions.put(id, new Session(tokens, claims.getSubject().getValue(), claims.getStringClaim("sid"), freshUntil(tokens)));
    setCookie(http, "java_session", id);
    redirect(http, HOME);
  }

  static long freshUntil(OIDCTokens tokens) { return System.currentTimeMillis() + (tokens.getAccessToken().getLifetime() - 30) * 1000; }

  /** With a token that is still good; null once the single entry has ended it. */
  static Session current(HttpExchange http) throws Exception {
    var id = cookie(http, "java_session");
    var own = sessions.get(id);
    if (own == null || own.freshUntil > System.currentTimeMillis()) return own;
    var answer = ask(new RefreshTokenGrant(own.tokens.getRefreshToken()), Map.of());
    if (!answer.indicatesSuccess()) { sessions.remove(id); return null; }
    var tokens = ((OIDCTokenResponse) answer.toSuccessResponse()).getOIDCTokens();
    return sessions.computeIfPresent(id, (key, before) -> new Session(tokens, before.sub, before.sid, freshUntil(tokens)));
  }

  static String first(Map<String, List<String>> form, String name, String fallback) { return form.getOrDefault(name, List.of(fallback)).get(0); }
  static String escape(String text) { return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;"); }

  static String cookie(HttpExchange http, String name) {
    var header = Objects.requireNonNullElse(http.getRequestHeaders().getFirst("Cookie"), "");
    for (var pair : header.split("; *")) if (pair.startsWith(name + "=")) return pair.substring(name.length() + 1);
    return "";
  }

  static void setCookie(HttpExchange http, String name, String value) {
    http.getResponseHeaders().add("Set-Cookie", name + "=" + value + "; Path=/; HttpOnly; SameSite=Lax");
  }
  static void redirect(HttpExchange http, URI to) throws IOException {
    http.getResponseHeaders().set("Location", to.toString());
    http.sendResponseHeaders(303, -1);
  }
  static void send(HttpExchange http, int status, String body) throws IOException {
    http.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    http.sendResponseHeaders(status, 0);
    http.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
  }
}
