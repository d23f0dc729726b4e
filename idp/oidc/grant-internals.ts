/**
 * The single door to the library's helpers for custom grants. They are typed but outside semantic versioning:
 * the version is pinned exactly and the protocol tests cover every use.
 */
export {
  applyRefreshTokenBindings,
  buildTokenResponse,
  checkDpopReplay,
  checkDpopRequired,
  checkMtlsCert,
  resolveAndApplyResource,
  shouldIssueRefreshToken,
  validateDpop,
} from 'oidc-provider/lib/helpers/grants.js';
