export {
  EVERY_GROUP,
  KEY_GROUPS,
  type KeyId,
  keyBytes,
  keyGroupOf,
  keyIdOf,
  keyOfBytes,
  murmur3,
  ownerOf,
  ownsGroup,
  ownsKey,
  type Share,
} from "./key.ts";
export { KeyedBackend, type KeySnapshot, type KeyView, type StateSchema, type StateUsage } from "./keyed-state.ts";
export type { Spilled, SpillOptions, SpillStore } from "./spill-store.ts";
export { textOwner } from "./state-value.ts";
