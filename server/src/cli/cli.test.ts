import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { warehouses } from "@millrace/templates/warehouses";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { killMillraces, PATIENCE, runMillrace, startMillrace } from "../testing/millrace-process.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace 命令行 "));
});
afterEach(killMillraces);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => startMillrace(folder, args, env);
const millrace = (args: readonly string[], input = "") => runMillrace(folder, args, input);

function write(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const FILTER = {
  formatVersion: 1,
  name: "Large amounts",
  nodes: {
    orders: { type: "topic-source", name: "Orders", params: { topic: "orders", schema: "id BIGINT, amount INT" } },
    large: { type: "filter", name: "Large", params: { when: "amount > 100" } },
    out: { type: "topic-sink", name: "Out", params: { topic: "large_orders" } },
  },
  edges: [
    { from: "orders.out", to: "large.in" },
    { from: "large.out", to: "out.in" },
  ],
};

/** The same from file to file, as the document says it; paths are below the data folder's `files`. */
const FILES = {
  ...FILTER,
  nodes: {
    orders: { type: "file-source", name: "Orders", params: { path: "in/orders.jsonl", schema: "id BIGINT, amount INT" } },
    large: FILTER.nodes.large,
    out: { type: "file-sink", name: "Out", params: { path: "out/large.csv", format: "csv" } },
  },
};

function dataWith(name: string, orders: string): string {
  const data = join(folder, name);
  mkdirSync(join(data, "files", "in"), { recursive: true });
  writeFileSync(join(data, "files", "in", "orders.jsonl"), orders);
  return data;
}

const COMMANDS = [
  "start",
  "run",
  "check",
  "test",
  "eval",
  "schema",
  "lineage",
  "templates",
  "deploy",
  "stop",
  "savepoint",
  "status",
  "logs",
  "list",
  "backup",
  "restore",
  "logger",
];

describe("every command", PATIENCE, () => {
  it("explains itself", async () => {
    const whole = await millrace(["--help"]);
    expect(whole.code).toBe(0);
    for (const command of COMMANDS) {
      expect(whole.out).toContain(`  ${command} `);
      const { code, out } = await millrace([command, "--help"]);
      expect([command, code, out.includes(`Usage: millrace ${command}`)]).toEqual([command, 0, true]);
    }
  });

  it("says on standard error what was wrong with the call, with exit status 1", async () => {
    for (const [args, words] of [
      [["unknown"], "unknown command 'unknown'"],
      [["start", "--port", "99999"], "It is a number from 0 (any free port) to 65535."],
      [["start", "--max-post", "0"], "It is a size from 1b to 1gb"],
      [
        ["start", "--setting", "logs.lines=none", "--data", join(folder, "set")],
        '--setting: logs.lines: expected a whole number, got "none".',
      ],
      [["stop", "a", "--savepoint", "--drop"], "option '--savepoint' cannot be used with option '--drop'"],
      [["deploy"], "missing required argument 'pipelines'"],
      [["run"], "missing required argument 'pipeline'"],
      [["run", "base-log-app", "--set", "x"], 'It is NAME=VALUE, got "x".'],
      [["run", "base-log-app", "--from", "now"], "Allowed choices are earliest, latest"],
      [["check", "none.json"], 'There is no file and no template "none.json". The templates are:'],
      [["test", folder], "is a folder. Name the pipeline's JSON file in it."],
    ] as const) {
      const { code, out, err } = await millrace(args);
      expect([args, code, out]).toEqual([args, 1, ""]);
      expect(err).toContain(words);
      expect(err).not.toContain("    at ");
    }
  });

  it("ends quietly when what it is piped into ends", async () => {
    const { child, ended } = start(["eval", "a"]);
    child.stdout.destroy();
    child.stdin.on("error", () => undefined);
    child.stdin.end('{"a":1}\n'.repeat(50_000));
    const { code, err } = await ended;
    expect([code, err]).toEqual([0, ""]);
  });

  it("ends quietly when a list or a summary has no reader", async () => {
    const file = write("quiet.json", FILES);
    const data = dataWith("quiet-data", '{"id":1,"amount":200}\n');
    for (const args of [["templates", "--json"], ["test"], ["check", "base-log-app"], ["run", file, "--data", data]]) {
      const { child, ended } = start(args);
      child.stdout.destroy();
      const { code, err } = await ended;
      expect([args, code]).toEqual([args, 0]);
      expect(err).not.toContain("EPIPE");
    }
  });
});

describe("check", PATIENCE, () => {
  it("finds nothing wrong with the templates", async () => {
    const { code, out } = await millrace(["check", "base-log-app"]);
    expect([code, out]).toEqual([0, "base-log-app: 0 errors, 0 warnings\n"]);
  });

  it("prints each problem with its place", async () => {
    const broken = { ...FILTER, nodes: { ...FILTER.nodes, large: { ...FILTER.nodes.large, params: { when: "amont > 100" } } } };
    const file = write("kaputt 管道.json", broken);
    const { code, out, err } = await millrace(["check", file]);
    expect(code).toBe(1);
    expect(out).toContain(`${file}: error at node large, character 1: when: `);
    expect(out).toContain("amount");
    expect(err).toBe(`${file}: 1 error, 0 warnings\n`);
  });

  it("names place and remedy for what is no pipeline at all", async () => {
    for (const [name, content, words] of [
      ["text.json", "{ no", "line 1"],
      ["newer.json", { ...FILTER, formatVersion: 99 }, "99"],
      ["list.json", [], "expected an object, got []"],
    ] as const) {
      const { code, out } = await millrace(["check", write(name, content)]);
      expect([name, code]).toEqual([name, 1]);
      expect(out).toContain(words);
    }
  });
});

describe("templates", PATIENCE, () => {
  it("are listed for people and as JSON", async () => {
    expect((await millrace(["templates"])).out).toMatch(/^base-log-app +BaseLogApp/m);
    const list = JSON.parse((await millrace(["templates", "--json"])).out) as { name: string }[];
    expect(list.find(({ name }) => name === "base-log-app")).toMatchObject({
      title: { en: expect.any(String), zh: expect.any(String) },
      nodes: expect.any(Number),
    });
  });
});

describe("schema", PATIENCE, () => {
  it("proposes the fields of a file's records, and says of each how sure it is", async () => {
    const file = join(folder, "seen.jsonl");
    writeFileSync(file, '{"id":1,"paid":true}\n{"id":70000000000,"amount":12.50}\nbroken\n');
    const { code, out, err } = await millrace(["schema", file], "");
    expect([code, out]).toEqual([0, "id BIGINT, paid BOOLEAN, amount DECIMAL(10, 2)\n"]);
    expect(err).toContain('3 records; 1 of them unreadable, such as "broken"');
    expect(err).toMatch(/paid +BOOLEAN +50% of 2 +unsure +true +Few records have a value here\./);
  });

  it("takes the names of a CSV file's columns", async () => {
    const file = join(folder, "seen.csv");
    writeFileSync(file, 'id;day;"what;ever"\n1;2024-05-31;"a;b"\n');
    expect((await millrace(["schema", file, "--separator", ";"], "")).out).toBe("id BIGINT, `day` DATE, `what;ever` STRING\n");
    expect((await millrace(["schema", file, "--separator", ";", "--no-header"], "")).out).toBe("c1 STRING, c2 STRING, c3 STRING\n");
  });
});

describe("lineage", PATIENCE, () => {
  it("leads a field of a template up to its topic and down to those it is written to", async () => {
    const { code, out } = await millrace(["lineage", "base-log-app", "split_log.page", "common.mid"], "");
    expect(code).toBe(0);
    expect(out).toContain("split_log.page: common.mid STRING\n");
    expect(out).toContain("  repair_is_new.out: common.mid ← ods_base_log.out: common.mid  copied\n");
    expect(out).toContain("begins at:\n  ods_base_log.out: common.mid  topic ods_base_log\n");
    expect(out).toContain("  displays.out: common.mid → dwd_display_log  written  topic dwd_display_log");
  });

  it("names what is not there", async () => {
    const { code, err } = await millrace(["lineage", "base-log-app", "split_log.page", "comon.mid"], "");
    expect([code, err]).toEqual([1, 'millrace: there is no field "comon.mid" here; did you mean "common.mid"?\n']);
  });
});

describe("eval", PATIENCE, () => {
  it("gives one result a line for each row", async () => {
    const rows = '{"amount":10,"user":{"name":"王"}}\n\n{"amount":12345678901234567,"user":{"name":"b"}}\r\n{"amount":null}';
    expect(await millrace(["eval", "amount + 1"], rows)).toEqual({ code: 0, out: "11\n12345678901234568\nnull\n", err: "" });
    expect((await millrace(["eval", "UPPER(`user`.name)"], rows)).out).toBe('"王"\n"B"\nnull\n');
    expect((await millrace(["eval", "1"], "")).out).toBe("");
  });

  it("says what is wrong with the expression, and where", async () => {
    const { code, out, err } = await millrace(["eval", "amount +"], '{"amount":1}');
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^millrace: The expression has an error:\n {2}error, character|^millrace: The expression has an error:\n {2}error/);
  });

  it("keeps results beside their rows when a row cannot be read", async () => {
    const { code, out, err } = await millrace(["eval", "a"], '{"a":1}\nbroken\n{"a":3}\n');
    expect([code, out]).toEqual([1, "1\nnull\n3\n"]);
    expect(err).toMatch(/^line 2: /);
  });

  it("takes the schema from a file, the time zone, and tells types", async () => {
    const schema = write("schema.sql", "id BIGINT NOT NULL,\n  price DECIMAL(10, 2), `order` STRING\n");
    const row = '{"id":9007199254740993,"price":1.10,"order":"单"}';
    const typed = (expression: string, ...more: string[]) => millrace(["eval", expression, "--typed", "--schema", schema, ...more], row);
    expect((await typed("id + 1")).out).toBe('{"value":9007199254740994,"type":"BIGINT NOT NULL","string":"9007199254740994"}\n');
    expect((await typed("price * 2")).out).toBe('{"value":2.20,"type":"DECIMAL(21, 2)","string":"2.20"}\n');
    expect((await typed("NULLIF(`order`, '单')")).out).toBe('{"value":null,"type":"STRING","string":null}\n');
    expect((await typed("FROM_UNIXTIME(0)", "--zone", "America/New_York")).out).toContain('"string":"1969-12-31 19:00:00"');
    expect((await typed("FROM_UNIXTIME(0)", "--time-zone", "UTC")).out).toContain('"string":"1970-01-01 00:00:00"');
  });

  it("refuses a zone that there is not", async () => {
    const { err, code } = await millrace(["eval", "NOW()", "--zone", "Asia/Shangai"], "{}\n");
    expect(err).toContain('unknown time zone "Asia/Shangai"; did you mean "Asia/Shanghai"?');
    expect(code).toBe(1);
  });

  it("says what is wrong with a schema", async () => {
    const schema = write("wrong.sql", "id BIGNIT");
    const { code, out, err } = await millrace(["eval", "id", "--schema", schema], "{}");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/The schema in .*wrong\.sql is wrong: .*BIGNIT/);
    expect((await millrace(["eval", "id", "--schema", `${schema}.none`], "{}")).err).toMatch(/The schema cannot be read: ENOENT/);
  });
});

describe("test", PATIENCE, () => {
  it("plays the templates' tests and ends with a line of counts", async () => {
    const { code, out } = await millrace(["test"]);
    expect(out).toMatch(/\n\d+ passed, 0 failed\n$/);
    expect(code).toBe(0);
  });

  it("shows differences, reports them for CI, and fails", async () => {
    const row = (amount: number) => ({ value: { id: 1, amount } });
    const test = (name: string, expected: unknown[]) => ({
      name,
      steps: [{ rows: { orders: [row(200)] }, expect: { rows: { "large.out": expected } } }],
    });
    const file = write("tested.json", { ...FILTER, tests: [test("keeps <large> amounts", [row(200)]), test("fails", [row(5)])] });
    const report = join(folder, "report 报告.xml");
    const { code, out } = await millrace(["test", file, "--junit", report]);
    expect(code).toBe(1);
    expect(out).toContain(`passed  ${file}: keeps <large> amounts`);
    expect(out).toContain(`FAILED  ${file}: fails`);
    expect(out).toMatch(/\n1 passed, 1 failed\n$/);
    const unwritable = await millrace(["test", file, "--junit", join(folder, "no", "report.xml")]);
    expect(unwritable.code).toBe(1);
    expect(unwritable.err).toMatch(/^millrace: The report cannot be written: ENOENT: .*report\.xml/);
    const xml = readFileSync(report, "utf8");
    expect(xml).toContain('tests="2" failures="1"');
    expect(xml).toContain('name="keeps &lt;large&gt; amounts"');
    expect(xml).toContain("<failure message=");
  });
});

describe("run", PATIENCE, () => {
  it("runs from file to file, ends by itself and sums up", async () => {
    const orders = [50, 150, 250].map((amount, id) => `{"id":${id},"amount":${amount},"extra":"x"}`);
    const input = write("orders 订单.jsonl", [...orders, "broken", ""].join("\n"));
    const file = write("filter.json", FILTER);
    const output = join(folder, "large.jsonl");
    const { code, out, err } = await millrace([
      "run",
      file,
      "--source",
      `orders=${input}`,
      "--sink",
      `out=${output}`,
      "--data",
      join(folder, "run-data"),
    ]);
    expect([code, err]).toEqual([0, expect.stringContaining("1 row could not be processed")]);
    expect(readFileSync(output, "utf8")).toBe('{"id":1,"amount":150,"extra":"x"}\n{"id":2,"amount":250,"extra":"x"}\n');
    expect(JSON.parse(out)).toMatchObject({
      pipeline: "Large amounts",
      state: "finished",
      deadLetters: 1,
      seconds: expect.any(Number),
      rowsPerSecond: expect.any(Number),
      nodes: { orders: { out: { out: 3 } }, large: { in: { in: 3 }, out: { out: 2 } }, out: { in: { in: 2 } } },
    });
  });

  it("reads and writes the files that the pipeline names", async () => {
    const file = write("files 文件.json", FILES);
    const data = dataWith("files data", '{"id":1,"amount":50}\n{"id":2,"amount":150}\n');
    const { code, out, err } = await millrace(["run", file, "--data", data]);
    expect([code, err]).toEqual([0, "Running Large amounts; Ctrl+C stops it with a savepoint.\n"]);
    expect(JSON.parse(out)).toMatchObject({
      state: "finished",
      deadLetters: 0,
      nodes: { orders: { out: { out: 2 } }, out: { in: { in: 1 } } },
    });
    expect(readFileSync(join(data, "files", "out", "large.csv"), "utf8")).toBe("id,amount\n2,150\n");
  });

  it("fails with exit status 1 and the node when a run fails, and goes on from there when mended", async () => {
    const file = write("late.json", FILES);
    const data = join(folder, "late data");
    const failed = await millrace(["run", file, "--data", data]);
    expect([failed.code, JSON.parse(failed.out).state]).toEqual([1, "failed"]);
    const missing = join(data, "files", "in", "orders.jsonl");
    expect(failed.err).toContain(
      `millrace: The run failed at node orders: There is no file ${JSON.stringify(missing)}. Check the path, or put the file there.\n`,
    );
    dataWith("late data", '{"id":2,"amount":150}\n');
    expect((await millrace(["run", file, "--data", data, "--resume"])).code).toBe(0);
    expect(readFileSync(join(data, "files", "out", "large.csv"), "utf8")).toBe("id,amount\n2,150\n");
  });

  it("is refused beside a run of the same pipeline on the same data folder", async () => {
    const file = write("twice.json", {
      ...FILTER,
      nodes: {
        ...FILTER.nodes,
        orders: { type: "topic-source", name: "Orders", params: { topic: "twice", schema: "id BIGINT, amount INT" } },
      },
    });
    const data = join(folder, "twice data");
    const first = start(["run", file, "--data", data]);
    await first.prints(/Ctrl\+C stops it with a savepoint/);
    const second = await millrace(["run", file, "--data", data]);
    expect([second.code, second.out]).toEqual([1, ""]);
    expect(second.err).toBe(
      `millrace: Another \`millrace run\` of "Large amounts" uses the data folder ${data}. Wait for it, or give this one a folder of its own with --data.\n`,
    );
    first.child.kill("SIGTERM");
    const ended = await first.ended;
    expect([ended.code, JSON.parse(ended.out).state]).toEqual([0, "stopped"]);
  });

  it("stops with a savepoint at Ctrl+C, and goes on from it when asked to", async () => {
    const params = { kind: "schema", rate: 1_000, count: 3_000, fields: [{ name: "n", rule: "sequence" }] };
    const source = { type: "generator", name: "Numbers", params };
    const file = write("numbers.json", {
      formatVersion: 1,
      name: "Numbers",
      nodes: { numbers: source, out: { type: "topic-sink", name: "Out", params: { topic: "numbers" } } },
      edges: [{ from: "numbers.out", to: "out.in" }],
    });
    const data = join(folder, "resume-data");
    const first = start(["run", file, "--data", data]);
    await first.prints(/Ctrl\+C stops it with a savepoint/);
    first.child.kill("SIGINT");
    const stopped = await first.ended;
    const resumed = await millrace(["run", file, "--data", data, "--resume"]);
    const written = [stopped, resumed].map(({ out }) => JSON.parse(out) as { state: string; nodes: { out: { in: { in: number } } } });
    expect([stopped.code, resumed.code, ...written.map(({ state }) => state)]).toEqual([0, 0, "stopped", "finished"]);
    const [before = 0, after = 0] = written.map(({ nodes }) => nodes.out.in.in);
    expect(before).toBeLessThan(3_000);
    expect(before + after).toBe(3_000);
  });

  it("says what is wrong before it starts anything", async () => {
    const file = write("filter2.json", FILTER);
    const input = write("in.jsonl", "");
    for (const [args, words] of [
      [["--source", `none=${input}`], '--source none: the pipeline has no source "none" (it has: orders).'],
      [["--sink", `large=${input}`], '--sink large: the pipeline has no sink "large" (it has: out).'],
      [["--source", "orders=missing.jsonl"], `--source orders: there is no file ${join(folder, "missing.jsonl")}.`],
      [["--sink", "out=no/such/folder.jsonl"], `--sink out: there is no folder ${join(folder, "no", "such")}. Make it first.`],
      [["--set", "rate=5"], "rate"],
      [["--connect", "logs=main"], 'The pipeline has no connection alias "logs". It uses none.'],
    ] as const) {
      const { code, out, err } = await millrace(["run", file, ...args, "--data", join(folder, "no-data")]);
      expect([args, code, out]).toEqual([args, 1, ""]);
      expect(err).toContain(words);
    }
  });
});

describe("start", PATIENCE, () => {
  it("prints an address whose token opens the designer's API, shows a warehouse that runs, and goes on with it after kill -9", async () => {
    const data = join(folder, "数据 folder");
    const first = start(["start", "--port", "0", "--data", data]);
    const [, origin, token] = await first.prints(/(http:\/\/127\.0\.0\.1:\d+)\/\?token=(\S+)/);
    expect(readFileSync(join(data, "token"), "utf8").trim()).toBe(token);
    const headers = { authorization: `Bearer ${token}` };
    const state = async (of: string) =>
      ((await (await fetch(`${of}/api/pipelines`, { headers })).json()) as { id: string; run: { state: string } }[]).map(({ id, run }) => [
        id,
        run?.state,
      ]);
    const jobs = warehouses.find(({ name }) => name === "gmall-warehouse")?.jobs ?? [];
    const allRunning = jobs
      .map(({ name }) => name)
      .toSorted()
      .map((id) => [id, "running"]);
    await expect.poll(() => state(origin as string), { timeout: 60_000 }).toEqual(allRunning);

    const second = await millrace(["start", "--port", "0", "--data", data]);
    expect(second.code).toBe(1);
    expect(second.err).toBe(
      `millrace: Another Millrace server (process ${first.child.pid}, ${origin}) uses the data folder ${data}. Use that one, stop it, or give this one a folder of its own with --data.\n`,
    );

    first.child.kill("SIGKILL");
    await first.ended;
    const third = start(["start", "--port", "0", "--data", data]);
    const [, again] = await third.prints(/(http:\/\/127\.0\.0\.1:\d+)\/\?token=(\S+)/);
    await expect.poll(() => state(again as string), { timeout: 60_000 }).toEqual(allRunning);
    third.child.kill("SIGTERM");
    expect((await third.ended).code).toBe(0);
  });

  it("runs a pipeline once on a data folder, beside `millrace run` as well", async () => {
    const data = join(folder, "once data");
    const server = start(["start", "--port", "0", "--data", data, "--setting", "logs.lines=20"]);
    const [, origin] = await server.prints(/(http:\/\/127\.0\.0\.1:\d+)\/\?token=/);
    const drive = (...args: string[]) => millrace([...args, "base-log-app", "--server", origin as string, "--data", data]);
    await expect.poll(async () => (await drive("status")).out, { timeout: 20_000 }).toMatch(/base-log-app +running/);

    const beside = await millrace(["run", "base-log-app", "--data", data]);
    expect([beside.code, beside.out, beside.err]).toEqual([
      1,
      "",
      `millrace: The server at ${origin} runs "base-log-app" on the data folder ${data} already; a second run would write every row twice. Stop it there (\`millrace stop base-log-app\`), exchange each sink with --sink, or give this run a folder of its own with --data.\n`,
    ]);

    expect((await drive("stop")).code).toBe(0);
    const alone = start(["run", "base-log-app", "--data", data]);
    await alone.prints(/Ctrl\+C stops it with a savepoint/);
    const refused = await drive("deploy");
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringContaining(
        'A `millrace run` of "base-log-app" uses this data folder; a second run would write every row twice. Stop that one (Ctrl+C) first.',
      ),
    ]);
    alone.child.kill("SIGINT");
    expect((await alone.ended).code).toBe(0);
    expect((await drive("deploy", "--wait")).out).toMatch(/^base-log-app: version \d+ is running\n$/);
    expect((await drive("logs")).out).toMatch(/ stopped\n.* version \d+ runs, from its newest state\n$/);
    server.child.kill("SIGTERM");
    expect((await server.ended).code).toBe(0);
  });

  it("says which port is taken and what to do", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, err } = await millrace(["start", "--port", String(port), "--data", join(folder, "port-data")]);
    const logger = await millrace(["logger", "--port", String(port), "--data", join(folder, "port-data")]);
    taken.close();
    expect([logger.code, logger.out]).toEqual([1, ""]);
    expect(logger.err).toContain(`millrace: Port ${port} on 127.0.0.1 is in use by another program.`);
    expect(code).toBe(1);
    expect(err).toMatch(
      new RegExp(
        `^millrace: Port ${port} on 127\\.0\\.0\\.1 is in use by another program\\. Stop that one, or start with --port \\d+ \\(--port 0 takes any free port\\)\\.\n$`,
      ),
    );
  });
});

describe("logger", PATIENCE, () => {
  it("collects app logs into the topic, several on one data folder, each post with an id once", async () => {
    const data = join(folder, "logger-data");
    const loggers = [start(["logger", "--port", "0", "--data", data]), start(["logger", "--port", "0", "--data", data])];
    const addresses = await Promise.all(loggers.map(async (one) => (await one.prints(/http:\/\/\S+\/applog/))[0]));
    const post = (address: string, id: string) =>
      fetch(address, { method: "POST", body: `{"id":"${id}"}`, headers: { "x-record-id": id } }).then((answer) => answer.text());
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => addresses.map((address) => post(address, `id-${n}`))).flat());
    expect(new Set(answers)).toEqual(new Set(["success"]));
    for (const one of loggers) one.child.kill("SIGTERM");
    expect((await Promise.all(loggers.map((one) => one.ended))).map(({ code }) => code)).toEqual([0, 0]);

    const file = write("read.json", {
      ...FILTER,
      nodes: {
        ...FILTER.nodes,
        orders: { type: "topic-source", name: "Logs", params: { topic: "ods_base_log", schema: "id STRING" } },
        large: { type: "filter", name: "All", params: { when: "id IS NOT NULL" } },
      },
    });
    const output = join(folder, "collected.jsonl");
    const reading = start(["run", file, "--sink", `out=${output}`, "--data", data]);
    await expect
      .poll(() => (existsSync(output) ? readFileSync(output, "utf8").trim().split("\n").length : 0), { timeout: 20_000 })
      .toBe(20);
    reading.child.kill("SIGINT");
    expect((await reading.ended).code).toBe(0);
    expect(new Set(readFileSync(output, "utf8").trim().split("\n")).size).toBe(20);
  });
});
