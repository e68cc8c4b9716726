import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { killMillraces, PATIENCE, runMillrace, startMillrace } from "../testing/millrace-process.ts";
import { type Served, serve, TOKEN } from "../testing/serve.ts";

let folder: string;
let served: Served;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace 服务 "));
});
beforeEach(async () => {
  served = await serve();
});
afterEach(async () => {
  killMillraces();
  await served.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Without the token of who runs the tests. */
const BARE = { MILLRACE_TOKEN: "" };
const millrace = (...args: string[]) => runMillrace(folder, [...args, "--server", served.url, "--token", TOKEN], "", BARE);

const numbers = (name: string, rate = 10) => ({
  formatVersion: 1,
  name,
  nodes: {
    numbers: { type: "generator", name: "Numbers", params: { kind: "schema", rate, fields: [{ name: "n", rule: "sequence" }] } },
    out: { type: "topic-sink", name: "Out", params: { topic: "numbers", connection: "target" } },
  },
  edges: [{ from: "numbers.out", to: "out.in" }],
  connections: { target: { role: "topic" } },
});

function write(name: string, document: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(document));
  return file;
}

describe("deploy", PATIENCE, () => {
  it("makes the pipeline, deploys a change of it from the state it has, and says what becomes of the state", async () => {
    const file = write("数字.json", numbers("Numbers"));
    expect(await millrace("deploy", file)).toEqual({ code: 0, out: "numbers: version 1 is running\n", err: "" });

    write("数字.json", numbers("Numbers", 20));
    served.host.states.set("numbers", [{ id: "7", kind: "checkpoint", at: 5, version: 1, bytes: 9, retained: false }]);
    served.host.plan = [
      { nodeId: "numbers", state: "kept" },
      { nodeId: "gone", state: "dropped", how: { en: "There is no such node any more.", zh: "节点已不存在。" } },
    ];
    expect(await millrace("deploy", file)).toEqual({
      code: 0,
      out: "numbers: version 2 is running\n",
      err: "numbers: from checkpoint 7 of version 1\nnumbers: node numbers: kept\nnumbers: node gone: dropped: There is no such node any more.\n",
    });
    expect(served.host.runs.at(-1)?.request).toMatchObject({
      restoreFrom: "newest",
      document: { nodes: { numbers: { params: { rate: 20 } } } },
    });
  });

  it("takes values, connections, an environment, a savepoint and force", async () => {
    await served.call("PUT", "/api/connections/here", { kind: "built-in", role: "topic", settings: { address: "here" } });
    await served.call("PUT", "/api/environments/prod", { connections: {} });
    const file = write("options.json", { ...numbers("Options"), parameters: { speed: { type: "number", default: 1 } } });
    const first = await millrace("deploy", file, "--set", "speed=5", "--connect", "target=here", "--environment", "prod", "--json");
    expect(JSON.parse(first.out)).toMatchObject([{ id: "options", run: { version: 1, state: "running", environment: "prod" } }]);
    expect(served.host.runs.at(-1)?.request).toMatchObject({
      set: { speed: "5" },
      connections: { target: { settings: { address: "here" } } },
    });
    const { out: savepoint } = await millrace("savepoint", "options");
    expect((await millrace("deploy", file, "--from", savepoint.trim(), "--force")).code).toBe(0);
    expect(served.host.runs.at(-1)?.request).toMatchObject({ restoreFrom: { savepoint: savepoint.trim() }, force: true });
    expect((await millrace("deploy", "options", "--from", "fresh")).out).toBe("options: version 3 is running\n");
    expect(served.host.runs.at(-1)?.request.restoreFrom).toBeUndefined();
  });

  it("only says what would be, when asked for the plan", async () => {
    const file = write("planned.json", numbers("Planned"));
    expect(await millrace("deploy", file, "--plan")).toEqual({ code: 0, out: "planned: begins without state\n", err: "" });
    expect((await served.call("GET", "/api/pipelines")).json).toEqual([]);
  });

  it("deploys nothing when one of several is wrong", async () => {
    const good = write("good.json", numbers("Good"));
    const bad = write("bad.json", { ...numbers("Bad"), edges: [{ from: "numbers.out", to: "out.nowhere" }] });
    const broken = await millrace("deploy", good, bad);
    expect([broken.code, broken.out]).toEqual([1, ""]);
    expect(broken.err).toMatch(/^millrace: .*bad\.json has errors; nothing was deployed:\n {2}error.*nowhere/);
    const twice = await millrace("deploy", good, write("same.json", numbers("good")));
    expect([twice.code, twice.err]).toEqual([1, expect.stringContaining('are both pipeline "good", by their names.')]);
    const none = await millrace("deploy", good, "nobody");
    expect([none.code, none.err]).toEqual([
      1,
      expect.stringContaining(`There is no file, no template and on ${served.url} no pipeline "nobody".`),
    ]);
    expect((await served.call("GET", "/api/pipelines")).json).toEqual([]);
  });

  it("waits until the run holds, and fails with the reason when it does not", async () => {
    const file = write("waiting.json", numbers("Waiting"));
    const waiting = startMillrace(folder, ["deploy", file, "--wait", "--server", served.url, "--token", TOKEN], BARE);
    await expect.poll(() => served.host.runs.length, { timeout: 20_000 }).toBe(1);
    served.host.runs[0]?.end({ state: "failed", failure: { message: { en: "No disk.", zh: "无磁盘。" }, nodeId: "out", permanent: true } });
    const failed = await waiting.ended;
    expect([failed.code, failed.out]).toEqual([1, ""]);
    expect(failed.err).toMatch(/^millrace: waiting: failed last at \S+, at node out: No disk\.\n$/);

    const second = startMillrace(folder, ["deploy", file, "--wait", "--server", served.url, "--token", TOKEN], BARE);
    await expect.poll(() => served.host.runs.length, { timeout: 20_000 }).toBe(2);
    served.host.runs[1]?.end({ state: "finished" });
    expect(await second.ended).toMatchObject({ code: 0, out: "waiting: version 2 is finished\n" });
  });

  it("passes on what the server refuses, in its words", async () => {
    const file = write("refused.json", numbers("Refused"));
    served.host.startFailure = new Error("the topic is gone.");
    const { code, out, err } = await millrace("deploy", file);
    expect([code, out, err]).toEqual([1, "", "millrace: The run did not start: the topic is gone.\n"]);
    served.host.startFailure = Object.assign(new Error(), {
      failure: { message: { en: "20 rows come twice.", zh: "" }, doubled: 20, permanent: true },
    });
    expect((await millrace("deploy", file)).err).toBe(
      "millrace: The run did not start: 20 rows come twice. (--force does it all the same.)\n",
    );
    const environment = await millrace("deploy", file, "--environment", "none");
    expect([environment.code, environment.err]).toEqual([1, 'millrace: There is no environment "none".\n']);
  });
});

describe("stop, savepoint, status, list and logs", PATIENCE, () => {
  it("drive and show what runs", async () => {
    const file = write("driven.json", numbers("Driven"));
    await millrace("deploy", file);
    const made = await millrace("savepoint", "driven");
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^\S+\n$/), err: "" });
    expect((await millrace("savepoint", "driven", "--list")).out).toMatch(
      /^ID +KIND +MADE +VERSION +BYTES\nsavepoint-1 +savepoint +\S+ +1 +100\n$/,
    );
    expect(await millrace("savepoint", "driven", "--delete", made.out.trim())).toEqual({ code: 0, out: "", err: "" });
    expect((await millrace("savepoint", "driven", "--delete", made.out.trim())).err).toContain('has no savepoint "savepoint-1"');

    expect((await millrace("status")).out).toMatch(/^PIPELINE +STATE +VERSION.*\ndriven +running +1 +\S+ +0\n$/);
    expect(JSON.parse((await millrace("status", "driven", "--json")).out)).toMatchObject({ pipelineId: "driven", state: "running" });
    expect((await millrace("list")).out).toMatch(/^PIPELINE +STATE.*\ndriven +running +1 +Driven\n$/);
    expect(JSON.parse((await millrace("list", "--json")).out)).toMatchObject([{ id: "driven", run: { state: "running" } }]);

    expect((await millrace("stop", "driven", "--drop")).out).toBe("driven: stopped at its last checkpoint\n");
    expect(served.host.runs[0]?.stops).toEqual([{ savepoint: false }]);
    await millrace("deploy", "driven");
    expect((await millrace("stop", "driven")).out).toBe("driven: stopped with a savepoint\n");
    expect((await millrace("logs", "driven")).out.split("\n").map((line) => line.replace(/^\S+ /, ""))).toEqual([
      "version 1 runs, from its newest state",
      "savepoint savepoint-1 was made",
      "savepoint savepoint-1 was deleted",
      "stopped",
      "version 2 runs, from its newest state",
      "stopped",
      "",
    ]);
  });

  it("show the reason of the last failure and the next try", async () => {
    await millrace("deploy", write("failing.json", numbers("Failing")));
    served.host.runs[0]?.end({ state: "failed", failure: { message: { en: "No disk.", zh: "无磁盘。" }, nodeId: "out" } });
    served.host.startFailure = new Error("still none");
    const { code, out } = await millrace("status", "failing");
    expect(code).toBe(0);
    expect(out).toMatch(/\nfailing: failed last at \S+(, at node out: No disk\.|: still none) It is tried again at \S+ \(try \d+\)\.\n$/);
  });

  it("say of one what its nodes have seen, dropped and hold, and why nothing comes out", async () => {
    await millrace("deploy", write("empty.json", numbers("Empty")));
    const [noon, one] = [Date.UTC(2021, 1, 22, 12), Date.UTC(2021, 1, 22, 13)];
    const run = served.host.runs[0] as (typeof served.host.runs)[number];
    run.counts = {
      numbers: {
        in: {},
        out: { out: { total: 1_200, rate: 10.4 } },
        dropped: {},
        errors: 0,
        watermark: noon,
        partitions: [
          { origin: "orders", partition: 0, lastAt: one, watermark: noon, idle: false },
          { origin: "orders", partition: 1, lastAt: null, watermark: null, idle: true },
        ],
        lag: 3,
      },
      out: {
        in: { in: { total: 1_200, rate: 2.26 } },
        out: { joined: { total: 0, rate: 0 } },
        dropped: { late: 4, repeat: 0 },
        errors: 2,
        lastError: { message: { en: "No time.", zh: "无时间。" }, at: noon },
        watermark: 1e300,
        inputs: { in: { lastAt: one, lastTime: noon, watermark: "end", idle: false } },
        holdings: { left: 7, right: 0 },
        waitsFor: { en: "1200 rows came in", zh: "已输入 1200 行" },
      },
    };
    const { out } = await millrace("status", "empty");
    expect(out.split("\n\n")[1]?.split("\n")).toEqual([
      "NODE     PORT                ROWS  A SECOND  LAST ROW CAME             ITS TIME                  WATERMARK",
      "numbers  orders partition 0                  2021-02-22T13:00:00.000Z                            2021-02-22T12:00:00.000Z",
      "numbers  orders partition 1                                                                      none yet (idle)",
      "numbers  out out             1200  10                                                            2021-02-22T12:00:00.000Z",
      "out      in in               1200  2.3       2021-02-22T13:00:00.000Z  2021-02-22T12:00:00.000Z  end of input",
      "out      out joined          0     0                                                             1e+300",
      "numbers: still to do: 3",
      "out: dropped: 4 late",
      "out: failed rows: 2, the last at 2021-02-22T12:00:00.000Z: No time.",
      "out: holds: 7 left",
      "out: no output: 1200 rows came in",
      "",
    ]);
    expect(JSON.parse((await millrace("status", "empty", "--json")).out)).toMatchObject({
      pipelineId: "empty",
      state: "running",
      nodes: { out: { holdings: { left: 7, right: 0 } } },
    });
  });

  it("follow the log until they are stopped", async () => {
    await millrace("deploy", write("followed.json", numbers("Followed")));
    const following = startMillrace(folder, ["logs", "followed", "-f", "--json", "--server", served.url, "--token", TOKEN], BARE);
    await following.prints(/version 1 runs/);
    await served.call("POST", "/api/pipelines/followed/stop", {});
    await following.prints(/"text":"stopped"/);
    following.child.kill("SIGTERM");
    const { out } = await following.ended;
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { text: string }).text),
    ).toEqual(["version 1 runs, from its newest state", "stopped"]);
  });
});

describe("which server", PATIENCE, () => {
  it("is the one of the printed address, with its token", async () => {
    const { code, err } = await runMillrace(folder, ["list", "--server", `${served.url}/?token=${TOKEN}`], "", BARE);
    expect([code, err]).toEqual([0, "There is no pipeline. `millrace deploy` brings one.\n"]);
    expect((await runMillrace(folder, ["list", "--server", served.url.replace("http://", "")], "", { MILLRACE_TOKEN: TOKEN })).code).toBe(
      0,
    );
    writeFileSync(join(folder, "token"), `${TOKEN}\n`);
    expect((await runMillrace(folder, ["list", "--server", served.url, "--data", "."], "", BARE)).code).toBe(0);
  });

  it("is said with a remedy when it is none, or wants another token", async () => {
    const other = createServer((_request, response) => response.end("hello")).listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const wrong = await runMillrace(folder, ["status", "--server", url, "--token", TOKEN], "", BARE);
    await new Promise((resolve) => other.close(resolve));
    const gone = await runMillrace(folder, ["status", "--server", url, "--token", TOKEN], "", BARE);
    const refused = await runMillrace(folder, ["status", "--server", served.url, "--token", "wrong"], "", BARE);
    const without = await runMillrace(folder, ["status", "--server", served.url, "--data", "nowhere"], "", BARE);
    const unknown = await millrace("status", "nobody");
    expect([wrong, gone, refused, without, unknown].map(({ code, out, err }) => [code, out, err.split("\n")[0]])).toEqual([
      [1, "", `millrace: What answers at ${url} is no Millrace server (HTTP 200). Say with --server where yours is.`],
      [1, "", `millrace: No server answers at ${url} (ECONNREFUSED). Start one with \`millrace start\`, or say with --server where it is.`],
      [
        1,
        "",
        `millrace: The server at ${served.url} refuses the token. Give it with --token or in MILLRACE_TOKEN, or name the server's data folder with --data.`,
      ],
      [
        1,
        "",
        `millrace: The server wants its token. Give it with --token or in MILLRACE_TOKEN, or name the server's data folder with --data (there is no file ${join(folder, "nowhere", "token")}).`,
      ],
      [1, "", 'millrace: There is no pipeline "nobody".'],
    ]);
  });
});
