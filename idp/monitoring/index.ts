/**
 * What Prometheus is told of the identity provider beside requests and connections: what the audit trail counted,
 * how far outboxes, seals, keys and partitions are. It only looks; numbers from the database come by one statement,
 * at most every ten seconds. No number is about a person.
 */
export { hashReadings } from './hash.ts';
export { processReadings } from './process.ts';
export { type MonitoringDeps, monitoringReadings } from './readings.ts';
