/** vitest's global setup: chDB is there before the first test. */
import { fetchChdb } from "../fetch-chdb.ts";

export default async function setup(): Promise<void> {
  await fetchChdb();
}
