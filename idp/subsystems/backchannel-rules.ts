import { CIBA, type ClientManifest } from './client-manifest.ts';
import { type ManifestFault, fault } from './manifest-faults.ts';

/** What of a client's declaration contradicts OpenID Connect CIBA Core 1.0 §4: who may use it, and how it is told. */
export function backchannelFaults(client: ClientManifest): ManifestFault[] {
  const {
    backchannel_token_delivery_mode: mode,
    backchannel_client_notification_endpoint: endpoint,
    backchannel_authentication_request_signing_alg: alg,
  } = client;
  const faults: ManifestFault[] = [];
  const at = (name: string): string => `client.backchannel_${name}`;
  const uses = client.grant_types.includes(CIBA);
  if (uses && mode === undefined) faults.push(fault(at('token_delivery_mode'), 'missing'));
  if (!uses && (mode ?? endpoint ?? alg) !== undefined) {
    faults.push(fault('client.grant_types', 'backchannel_disagrees'));
  }
  if (uses && client.token_endpoint_auth_method === 'none') {
    faults.push(fault('client.token_endpoint_auth_method', 'public_client'));
  }
  if ((mode === 'ping') !== (endpoint !== undefined)) {
    faults.push(
      fault(at('client_notification_endpoint'), mode === 'ping' ? 'missing' : 'backchannel_disagrees'),
    );
  }
  if (endpoint?.startsWith('https:') === false) {
    faults.push(fault(at('client_notification_endpoint'), 'bad_address'));
  }
  if (alg !== undefined && client.jwks === undefined && client.jwks_uri === undefined) {
    faults.push(fault('client.jwks_uri', 'keys_for_requests'));
  }
  return faults;
}
