import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.oauth2.sdk.*;
import com.nimbusds.oauth2.sdk.auth.*;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.*;
import com.nimbusds.oauth2.sdk.pkce.*;
import com.nimbusds.oauth2.sdk.token.*;
import com.nimbusds.oauth2.sdk.util.*;
import com.nimbusds.openid.connect.sdk.*;
import com.nimbusds.openid.connect.sdk.claims.*;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.*;
import com.sun.net.httpserver.*;
import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.*;

/** A subsystem in Java: the JDK's own server and the Nimbus SDK, from sign-in to back-channel logout. */
public class Sample {
  static final String ISSUER = env("ISSUER", "http://localhost:3000");
  static final String ORIGIN = env("CLIENT_ORIGIN", "http://localhost:5000");
  static final ClientID CLIENT = new ClientID(env("CLIENT_ID", "sample-app"));
  static final Secret SECRET = new Secret(env("CLIENT_SECRET", "only-for-development-sample-app-secret"));
  static final Scope SCOPE = new Scope("openid", "profile", "subsystem_account", "accounts");
  static final URI CALLBACK = URI.create(ORIGIN + "/callback");

  static class Session { OIDCTokens tokens; RefreshToken refresh; String sub, sid; long freshUntil; }
  record Attempt(State state, Nonce nonce, CodeVerifier verifier) {}

  static final Map<String, Session> sessions = new ConcurrentHashMap<>(); // yours belong in a database
  static final Map<String, Attempt> attempts = new ConcurrentHashMap<>();
  static OIDCProviderMetadata provider;

  static String env(String name, String fallback) { return System.getenv().getOrDefault(name, fallback); }

  public static void main(String[] args) throws Exception {
    provider = OIDCProviderMetadata.resolve(new Issuer(ISSUER));
    var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(env("PORT", "5000"))), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", exchange -> {
      try (exchange) {
        answer(exchange, exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
      } catch (Exception error) {
        send(exchange, 400, "refused");
      }
    });
    server.start();
  }

  static void answer(HttpExchange http, String request) throws Exception {
    var body = new String(http.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var form = URLUtils.parseParameters(request.startsWith("POST") ? body : http.getRequestURI().getRawQuery());
    var isForm = request.startsWith("POST") && !request.equals("POST /backchannel-logout");
    if (isForm && !ORIGIN.equals(http.getRequestHeaders().getFirst("Origin"))) { send(http, 403, ""); return; }
    switch (request) {
      case "GET /" -> home(http);
      case "GET /login" -> {
        if (!ISSUER.equals(first(form, "iss", ISSUER))) throw new IllegalArgumentException("unknown issuer");
        signIn(http, Map.of("login_hint", first(form, "login_hint", "")));
      }
      case "GET /callback" -> callback(http);
      case "POST /switch" -> switchTo(http, first(form, "account", ""));
      case "POST /sign-out" -> {
        var own = sessions.remove(cookie(http, "java_session"));
        var hint = own == null ? null : own.tokens.getIDToken();
        redirect(http, new LogoutRequest(provider.getEndSessionEndpointURI(), hint, null, CLIENT, URI.create(ORIGIN + "/"), null, null).toURI());
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
    if (answer == null || !answer.indicatesSuccess()) {
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

  static void signIn(HttpExchange http, Map<String, String> extra) throws Exception {
    var attempt = new Attempt(new State(), new Nonce(), new CodeVerifier());
    attempts.put(setCookie(http, "java_attempt"), attempt);
    var request = new AuthenticationRequest.Builder(ResponseType.CODE, SCOPE, CLIENT, CALLBACK)
        .endpointURI(provider.getAuthorizationEndpointURI()).state(attempt.state).nonce(attempt.nonce)
        .codeChallenge(attempt.verifier, CodeChallengeMethod.S256);
    extra.forEach((name, value) -> { if (!value.isEmpty()) request.customParameter(name, value); });
    redirect(http, request.build().toURI());
  }

  static void callback(HttpExchange http) throws Exception {
    var attempt = attempts.remove(cookie(http, "java_attempt"));
    var answer = AuthenticationResponseParser.parse(http.getRequestURI()).toSuccessResponse();
    if (!answer.getState().equals(attempt.state) || !answer.getIssuer().getValue().equals(ISSUER)) throw new IOException();
    open(http, ask(new AuthorizationCodeGrant(answer.getAuthorizationCode(), CALLBACK, attempt.verifier), Map.of()), attempt.nonce);
  }

  /** Token exchange (RFC 8693): the SDK has the grant; the account is a parameter of its own. */
  static void switchTo(HttpExchange http, String account) throws Exception {
    var own = current(http);
    if (own == null) { redirect(http, URI.create("/")); return; }
    var grant = new com.nimbusds.oauth2.sdk.tokenexchange.TokenExchangeGrant(own.tokens.getAccessToken(), TokenTypeURI.ACCESS_TOKEN);
    var answer = ask(grant, Map.of("account", List.of(account)));
    if (!answer.indicatesSuccess()) {
      var error = answer.toErrorResponse().getErrorObject();
      if (!"insufficient_user_authentication".equals(error.getCode())) { redirect(http, URI.create("/")); return; }
      signIn(http, Map.of("account", account, "acr_values", "urn:single-entry:acr:mfa"));
      return;
    }
    open(http, answer, null);
  }

  static TokenResponse ask(AuthorizationGrant grant, Map<String, List<String>> extra) throws Exception {
    var request = new TokenRequest.Builder(provider.getTokenEndpointURI(), new ClientSecretBasic(CLIENT, SECRET), grant);
    extra.forEach((name, values) -> request.customParameter(name, values.toArray(String[]::new)));
    return OIDCTokenResponseParser.parse(request.build().toHTTPRequest().send());
  }

  /** Under a new id: one that was known before must be worth nothing afterwards. */
  static void open(HttpExchange http, TokenResponse answer, Nonce nonce) throws Exception {
    var own = new Session();
    keep(own, answer);
    var verifier = new IDTokenValidator(provider.getIssuer(), CLIENT, JWSAlgorithm.ES256, provider.getJWKSetURI().toURL());
    var claims = verifier.validate(own.tokens.getIDToken(), nonce);
    own.sub = claims.getSubject().getValue();
    own.sid = claims.getStringClaim("sid");
    sessions.remove(cookie(http, "java_session"));
    sessions.put(setCookie(http, "java_session"), own);
    redirect(http, URI.create("/"));
  }

  static void keep(Session own, TokenResponse answer) {
    own.tokens = ((OIDCTokenResponse) answer.toSuccessResponse()).getOIDCTokens();
    if (own.tokens.getRefreshToken() != null) own.refresh = own.tokens.getRefreshToken();
    own.freshUntil = System.currentTimeMillis() + (own.tokens.getAccessToken().getLifetime() - 30) * 1000;
  }

  /** With a token that is still good; null once the single entry has ended it. */
  static Session current(HttpExchange http) throws Exception {
    var own = sessions.get(cookie(http, "java_session"));
    if (own == null || own.freshUntil > System.currentTimeMillis()) return own;
    var answer = ask(new RefreshTokenGrant(own.refresh), Map.of());
    if (answer.indicatesSuccess()) { keep(own, answer); return own; }
    sessions.values().remove(own);
    return null;
  }

  static String first(Map<String, List<String>> form, String name, String fallback) { return form.getOrDefault(name, List.of(fallback)).get(0); }
  static String escape(String text) { return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;"); }

  static String cookie(HttpExchange http, String name) {
    var header = http.getRequestHeaders().getFirst("Cookie");
    if (header != null) for (var pair : header.split("; *")) if (pair.startsWith(name + "=")) return pair.substring(name.length() + 1);
    return "";
  }

  static String setCookie(HttpExchange http, String name) {
    var id = new State().getValue();
    http.getResponseHeaders().add("Set-Cookie", name + "=" + id + "; Path=/; HttpOnly; SameSite=Lax");
    return id;
  }

  static void redirect(HttpExchange http, URI to) throws IOException {
    http.getResponseHeaders().set("Location", to.toString());
    http.sendResponseHeaders(303, -1);
  }

  static void send(HttpExchange http, int status, String body) throws IOException {
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    http.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    http.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) http.getResponseBody().write(bytes);
  }
}
