import type { SchemaStep } from '../migrate.ts';
import * as foundation from './migrations/0001-foundation.ts';
import * as protocol from './migrations/0002-protocol.ts';
import * as notifications from './migrations/0003-notifications.ts';
import * as content from './migrations/0004-content.ts';
import * as account from './migrations/0005-account.ts';
import * as enrollments from './migrations/0006-enrollments.ts';
import * as recovery from './migrations/0007-recovery.ts';
import * as life from './migrations/0008-life.ts';
import * as directoryApi from './migrations/0009-directory-api.ts';
import * as breachedPasswords from './migrations/0012-breached-passwords.ts';
import * as console from './migrations/0014-console.ts';
import * as unitRegister from './migrations/0016-unit-register.ts';
import * as hca from './migrations/0010-hca.ts';
import * as accountCare from './migrations/0013-account-care.ts';
import * as auditSeal from './migrations/0018-audit-seal.ts';
import * as people from './migrations/0015-people.ts';
import * as peopleAccounts from './migrations/0015-people-accounts.ts';
import * as onboarding from './migrations/0017-subsystem-onboarding.ts';
import * as accessRequests from './migrations/0011-access-requests.ts';
import * as remoteAccounts from './migrations/0011b-remote-accounts.ts';
import * as waitingRequests from './migrations/0011c-waiting-requests.ts';
import * as watch from './migrations/0019-watch.ts';
import * as contentVersions from './migrations/0021-content-versions.ts';
import * as reviews from './migrations/0020-reviews.ts';
import * as directory from './migrations/0022-directory.ts';
import * as unitSearch from './migrations/0022-unit-search.ts';
import * as permissionRequests from './migrations/0023-permission-requests.ts';
import * as reviewHistory from './migrations/0024-review-history.ts';
import * as keyEvidence from './migrations/0025-key-evidence.ts';
import * as jobFence from './migrations/0027-job-fence.ts';
import * as keysInTokens from './migrations/0026-keys-in-tokens.ts';
import * as restore from './migrations/0029-restore.ts';
import * as retention from './migrations/0029b-retention.ts';
import * as pairwiseSubjects from './migrations/0026b-pairwise-subjects.ts';
import * as carriedKeys from './migrations/0026c-carried-keys.ts';
import * as serviceRecord from './migrations/0030-service-record.ts';
import * as keptAnswer from './migrations/0032-kept-answer.ts';
import * as fullManifests from './migrations/0033-full-manifests.ts';
import * as grants from './migrations/0034-grants.ts';
import * as exchangeCount from './migrations/0035-exchange-count.ts';
import * as registration from './migrations/0037-registration.ts';
import * as backchannelRequests from './migrations/0038-backchannel-requests.ts';
import * as impersonations from './migrations/0039-impersonations.ts';
import * as upstream from './migrations/0041-upstream.ts';
import * as upstreamSid from './migrations/0042-upstream-sid.ts';
import * as points from './migrations/0045-points.ts';
import * as federation from './migrations/0044-federation.ts';
import * as upstreamProof from './migrations/0043-upstream-proof.ts';
import * as federationClients from './migrations/0044b-federation-clients.ts';
import * as federationRenewals from './migrations/0046-federation-renewals.ts';
import * as accountRoom from './migrations/0047-account-room.ts';
import * as federationKeys from './migrations/0048-federation-keys.ts';
import * as upstreamLogout from './migrations/0049-upstream-logout.ts';

/** Every migration of the identity provider's database, in order. Once released, none is ever edited. */
export const idpMigrations: Record<string, SchemaStep> = {
  '0001-foundation': foundation,
  '0002-protocol': protocol,
  '0003-notifications': notifications,
  '0004-content': content,
  '0005-account': account,
  '0006-enrollments': enrollments,
  '0007-recovery': recovery,
  '0008-life': life,
  '0009-directory-api': directoryApi,
  '0012-breached-passwords': breachedPasswords,
  '0014-console': console,
  '0016-unit-register': unitRegister,
  '0010-hca': hca,
  '0013-account-care': accountCare,
  '0018-audit-seal': auditSeal,
  '0015-people': people,
  '0015-people-accounts': peopleAccounts,
  '0017-subsystem-onboarding': onboarding,
  '0011-access-requests': accessRequests,
  '0011b-remote-accounts': remoteAccounts,
  '0011c-waiting-requests': waitingRequests,
  '0019-watch': watch,
  '0021-content-versions': contentVersions,
  '0020-reviews': reviews,
  '0022-directory': directory,
  '0022-unit-search': unitSearch,
  '0023-permission-requests': permissionRequests,
  '0024-review-history': reviewHistory,
  '0025-key-evidence': keyEvidence,
  '0026-keys-in-tokens': keysInTokens,
  '0027-job-fence': jobFence,
  '0029-restore': restore,
  '0029b-retention': retention,
  '0026b-pairwise-subjects': pairwiseSubjects,
  '0026c-carried-keys': carriedKeys,
  '0030-service-record': serviceRecord,
  '0032-kept-answer': keptAnswer,
  '0033-full-manifests': fullManifests,
  '0034-grants': grants,
  '0035-exchange-count': exchangeCount,
  '0037-registration': registration,
  '0038-backchannel-requests': backchannelRequests,
  '0039-impersonations': impersonations,
  '0041-upstream': upstream,
  '0042-upstream-sid': upstreamSid,
  '0045-points': points,
  '0044-federation': federation,
  '0043-upstream-proof': upstreamProof,
  '0044b-federation-clients': federationClients,
  '0046-federation-renewals': federationRenewals,
  '0047-account-room': accountRoom,
  '0048-federation-keys': federationKeys,
  '0049-upstream-logout': upstreamLogout,
};
