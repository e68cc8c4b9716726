/** The requests of Kafka's protocol that the driver makes, each in the versions it speaks, newest first. `Link.call` takes the newest that a broker knows. */
import {
  type API,
  addPartitionsToTxnV3,
  createTopicsV5,
  createTopicsV7,
  deleteTopicsV5,
  deleteTopicsV6,
  describeClusterV0,
  describeConfigsV4,
  describeLogDirsV2,
  describeTransactionsV0,
  endTxnV3,
  findCoordinatorV3,
  findCoordinatorV4,
  initProducerIdV3,
  initProducerIdV4,
  listGroupsV3,
  listGroupsV4,
  listOffsetsV6,
  metadataV9,
  metadataV12,
  offsetCommitV8,
  offsetFetchV8,
  offsetFetchV9,
} from "@platformatic/kafka";

export interface Versions<A extends unknown[], R> {
  readonly name: string;
  readonly calls: readonly API<A, R>[];
}

/** All versions take the arguments of the newest and answer in its form. */
function versions<A extends unknown[], R>(name: string, newest: { api: API<A, R> }, ...older: { api: unknown }[]): Versions<A, R> {
  return { name, calls: [newest.api, ...older.map(({ api }) => api as API<A, R>)] };
}

export const METADATA = versions("Metadata", metadataV12, metadataV9);
export const FIND_COORDINATOR = versions("FindCoordinator", findCoordinatorV4, findCoordinatorV3);
export const LIST_OFFSETS = versions("ListOffsets", listOffsetsV6);
export const CREATE_TOPICS = versions("CreateTopics", createTopicsV7, createTopicsV5);
export const DELETE_TOPICS = versions("DeleteTopics", deleteTopicsV6, deleteTopicsV5);
export const DESCRIBE_CLUSTER = versions("DescribeCluster", describeClusterV0);
export const DESCRIBE_CONFIGS = versions("DescribeConfigs", describeConfigsV4);
export const DESCRIBE_LOG_DIRS = versions("DescribeLogDirs", describeLogDirsV2);
export const OFFSET_COMMIT = versions("OffsetCommit", offsetCommitV8);
export const OFFSET_FETCH = versions("OffsetFetch", offsetFetchV9, offsetFetchV8);
export const LIST_GROUPS = versions("ListGroups", listGroupsV4, listGroupsV3);
// The id and epoch that a producer had are sent from version 3 on: with them a writer that was replaced cannot fence its successor.
export const INIT_PRODUCER_ID = versions("InitProducerId", initProducerIdV4, initProducerIdV3);
// Version 4 is for brokers among themselves, and refused by secured clusters.
export const ADD_PARTITIONS = versions("AddPartitionsToTxn", addPartitionsToTxnV3);
// From version 5 on the broker raises the epoch at each end: then what was prepared could not be told from what came later by its epoch.
export const END_TRANSACTION = versions("EndTxn", endTxnV3);
export const DESCRIBE_TRANSACTIONS = versions("DescribeTransactions", describeTransactionsV0);

/** The driver's own, in `fetch-protocol.ts` and `produce-protocol.ts`. */
export const FETCH = { name: "Fetch", key: 1, versions: [13, 12] } as const;
export const PRODUCE = { name: "Produce", key: 0, versions: [9] } as const;
