// Signs in at the demo's FranceConnect with `openid-client`, and prints the identity as JSON.
import * as client from 'openid-client';

const [issuer, callback, who, scope] = process.argv.slice(2);
const signed = { id_token_signed_response_alg: 'ES256', userinfo_signed_response_alg: 'ES256' };
const config = await client.discovery(
  new URL(issuer), 'reassort', { client_secret: 'fiction', ...signed }, client.ClientSecretPost('fiction'),
  { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
);
const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: callback, scope, acr_values: 'eidas1', state, nonce,
  code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
});
const page = await (await fetch(url)).text();
const hidden = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map((found) => found.slice(1));
const form = new URLSearchParams([...hidden, ['who', who]]);
const back = await fetch(`${issuer}/authorize`, { method: 'POST', body: form, redirect: 'manual' });
const tokens = await client.authorizationCodeGrant(config, new URL(back.headers.get('location')), {
  pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
});
const claims = tokens.claims();
const user = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
console.log(JSON.stringify({ ...user, acr: claims.acr }));
