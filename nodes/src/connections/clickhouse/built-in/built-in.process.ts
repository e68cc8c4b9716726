/** Another process on the same data folder, for tests: asks one statement and ends, or waits to be killed. */
import { openBuiltInTables } from "./index.ts";

const [folder, sql] = process.argv.slice(2) as [string, string];
const store = openBuiltInTables(folder);
await store.ready();
console.log("ready");
if (sql === "wait") setInterval(() => undefined, 1_000);
else {
  console.log(JSON.stringify((await store.query(sql, { rows: 10, timeoutMs: 10_000 })).rows));
  await store.close();
}
