// A provider with the library of FranceConnect, configured as FranceConnect v2. If `state` begins with "cancel"
// the sign-in is cancelled; if it begins with "weak" its level (acr) is lower than requested.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const [port, callback, back] = process.argv.slice(2);
const jwk = (pair, alg) => ({ ...pair.privateKey.export({ format: 'jwk' }), use: 'sig', alg, kid: alg });
const party = (client_id, alg) => ({
  client_id,
  client_secret: 'fiction',
  redirect_uris: [callback],
  post_logout_redirect_uris: [back],
  token_endpoint_auth_method: 'client_secret_post',
  id_token_signed_response_alg: alg,
  userinfo_signed_response_alg: alg,
});
const identity = {
  given_name: 'Camille', family_name: 'LE GOFF', birthdate: '1979-03-14', gender: 'female',
  birthplace: '29019', birthcountry: '99100', email: 'camille@courriel.exemple.org',
};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [party('reassort', 'ES256'), party('unpinned', 'RS256')],
  jwks: {
    keys: [
      jwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'ES256'),
      jwk(generateKeyPairSync('rsa', { modulusLength: 2048 }), 'RS256'),
    ],
  },
  cookies: { keys: ['fiction'] },
  acrValues: ['eidas0', 'eidas1'],
  scopes: ['openid', ...Object.keys(identity)],
  claims: {
    acr: null, auth_time: null, iss: null, sid: null, openid: ['sub'],
    ...Object.fromEntries(Object.keys(identity).map((name) => [name, [name]])),
  },
  features: { devInteractions: { enabled: false }, jwtUserinfo: { enabled: true } },
  pkce: { required: () => true },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...identity }) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
});
const answer = provider.callback();

async function result({ prompt, params, session }) {
  if (params.state.startsWith('cancel')) return { error: 'access_denied' };
  if (prompt.name === 'login') {
    return { login: { accountId: 'camille', acr: params.state.startsWith('weak') ? 'eidas0' : 'eidas1' } };
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return { consent: { grantId: await grant.save() } };
}

createServer(async (request, response) => {
  if (!request.url.startsWith('/interaction/')) return answer(request, response);
  const given = await result(await provider.interactionDetails(request, response));
  return provider.interactionFinished(request, response, given, { mergeWithLastSubmission: true });
}).listen(Number(port), '127.0.0.1');
