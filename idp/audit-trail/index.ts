/**
 * The audit trail as evidence. Records are chained within a second of their commit: a seal holds the Merkle root
 * over the records of a span of transactions, its leaves and the hash of the seal before; checkpoints signed with
 * the identity provider's key say how far the chain had come, and may be kept elsewhere. Verification recomputes it
 * all and names what was changed, removed or added. Months past their retention are removed once sealed; their
 * seals stay. Nothing here alters a record.
 */
export { AUDIT_USAGE, runAuditCommand } from './commands.ts';
export { auditRoutes } from './routes.ts';
export { runVerifications } from './service/verifications.ts';
export { eventName } from './words.ts';
export { archiveAudit } from './service/archive.ts';
export { signCheckpoint } from './service/checkpoints.ts';
export { maintainAuditPartitions } from './service/partitions.ts';
export { sealAudit } from './service/seal.ts';
export { type VerifyDeps, verifyAudit } from './service/verify.ts';
export type { Finding, Verification } from './types.ts';
