import type { PacedRecord, PacedRecords } from "../paced-records.ts";
import { shopParams } from "./params.ts";
import { openShop } from "./stream.ts";

export const START = 1_613_959_200_000; // 2021-02-22 10:00 in Shanghai
export const ZONE = "Asia/Shanghai";

export interface Message {
  readonly database: string;
  readonly table: string;
  readonly type: string;
  readonly ts: number;
  readonly xid?: number;
  readonly xoffset?: number;
  readonly commit?: true;
  readonly data: Readonly<Record<string, unknown>>;
  readonly old?: Readonly<Record<string, unknown>>;
}

export interface Sent {
  readonly key: string;
  readonly text: string;
  readonly message: Message;
  readonly time: number;
}

export function open(options: object = {}, position?: ReturnType<PacedRecords["position"]>, now?: number): PacedRecords {
  const from = position === undefined ? { start: START } : { position: JSON.parse(JSON.stringify(position)), now };
  return openShop(shopParams.parse({ kind: "shop", ...options }), ZONE, from);
}

/** So many records, or all until the end. */
export function take(shop: PacedRecords, count = Number.POSITIVE_INFINITY): PacedRecord[] {
  const records: PacedRecord[] = [];
  while (records.length < count && shop.nextDue() < Number.POSITIVE_INFINITY) records.push(shop.take());
  return records;
}

/** Ids beyond 2^53 become text, so that they can be told apart. */
export function sent({ text: record, time }: PacedRecord): Sent {
  const { key, text } = JSON.parse(record) as { key: string; text: string };
  return { key, text, time, message: JSON.parse(text.replace(/:(\d{17,})(?=[,}])/g, ':"$1"')) as Message };
}

export function sentBy(options: object, count?: number): Sent[] {
  return take(open(options), count).map(sent);
}
