/**
 * What a unit may have at a subsystem: which menu roles its people may be given, and how many managers. Without a
 * row of its own a unit may give what the duties of its kind allow; with rows, only those valid on the day. Managers
 * beyond the manifest's number are granted one by one. Refused by whoever asks here: everything beyond.
 */
export { type ManagerQuota, hasRoomForManager, narrowManifest } from './policy.ts';
export {
  type EntitledMenuRoles,
  addExtraManager,
  entitle,
  listEntitled,
  lockManagerQuota,
  readManagerQuota,
} from './store.ts';
export { offeredAt } from './service.ts';
