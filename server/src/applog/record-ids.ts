/**
 * Which posts were appended already, by their X-Record-Id, for 24 hours. Kept in a file that several collectors share, as a proxy may repeat a post to another one. An id is claimed
 * before the append and finished behind it. One that was claimed and never finished belongs to an append of which nobody knows whether it happened (a crash between the two): the
 * claim says where the topic ended then, so that the collector can look.
 */
import { DatabaseSync } from "node:sqlite";
import { inTransaction } from "../metadata/database.ts";

export interface Claim {
  readonly id: string;
  readonly done: boolean;
  /** Collector that claimed it. */
  readonly owner: string;
  /** Offset that the next record got in each partition when it was claimed. */
  readonly positions: Readonly<Record<string, number>>;
}

export interface RecordIds {
  /** Claims the ids that are free and returns the claims that stood in the way of the others. */
  claim(ids: readonly string[], owner: string, positions: Claim["positions"], now: number): Claim[];
  /** The claim as it is now; undefined when it is gone. */
  get(id: string, now: number): Claim | undefined;
  /** Makes another's claim one's own, if it is still as `claim` says. */
  takeOver(claim: Claim, owner: string): boolean;
  finish(ids: readonly string[]): void;
  /** Leaves one's own unfinished claims to whoever tries the posts again: whether they were appended is not known. */
  abandon(ids: readonly string[], owner: string): void;
  close(): void;
}

const KEPT_MS = 24 * 3600 * 1000;

export function openRecordIds(path: string): RecordIds {
  const database = new DatabaseSync(path, { timeout: 10_000 });
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS record_ids (id TEXT PRIMARY KEY, owner TEXT NOT NULL, done INTEGER NOT NULL, positions TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS record_ids_at ON record_ids (at);`);
  const expire = database.prepare("DELETE FROM record_ids WHERE at <= ?");
  const find = database.prepare("SELECT * FROM record_ids WHERE id = ? AND at > ?");
  const insert = database.prepare("INSERT INTO record_ids (id, owner, done, positions, at) VALUES (?, ?, 0, ?, ?)");
  const finish = database.prepare("UPDATE record_ids SET done = 1, positions = '{}' WHERE id = ?");
  const abandon = database.prepare("UPDATE record_ids SET owner = '' WHERE id = ? AND owner = ? AND done = 0");
  const takeOver = database.prepare("UPDATE record_ids SET owner = ? WHERE id = ? AND owner = ? AND done = 0");

  function get(id: string, now: number): Claim | undefined {
    const row = find.get(id, now - KEPT_MS) as { id: string; owner: string; done: number; positions: string } | undefined;
    return row && { id: row.id, owner: row.owner, done: row.done === 1, positions: JSON.parse(row.positions) as Claim["positions"] };
  }

  return {
    claim(ids, owner, positions, now) {
      return inTransaction(database, () => {
        expire.run(now - KEPT_MS);
        const taken: Claim[] = [];
        for (const id of ids) {
          const claim = get(id, now);
          if (claim) taken.push(claim);
          else insert.run(id, owner, JSON.stringify(positions), now);
        }
        return taken;
      });
    },
    get,
    takeOver: (claim, owner) => takeOver.run(owner, claim.id, claim.owner).changes === 1,
    finish: (ids) =>
      inTransaction(database, () => {
        for (const id of ids) finish.run(id);
      }),
    abandon: (ids, owner) =>
      inTransaction(database, () => {
        for (const id of ids) abandon.run(id, owner);
      }),
    close: () => database.close(),
  };
}
