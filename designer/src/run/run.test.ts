import type { RunState } from "@millrace/server/api";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { EMPTY, openDocument } from "../store/document.ts";
import { followRun, runStatus } from "../store/live.ts";
import { useNotices } from "../store/notices.ts";
import { deploy, makeSavepoint, startRun, useSession } from "../store/session.ts";
import { closeDialog, restoreWith, useUi } from "../store/ui.ts";
import { failureInTheWay } from "./failure-in-the-way.ts";
import { isRefused, planOrder } from "./plan-order.ts";
import { canBeChosen, canBeForced, restoreFrom } from "./restore-from.ts";

const STATUS = { pipelineId: "p", state: "running", savepoint: false, deadLetters: 0 } as const;

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}
let calls: Call[];
let answer: { status: number; json: unknown };

beforeEach(() => {
  calls = [];
  answer = { status: 200, json: STATUS };
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    calls.push({ method: init.method ?? "GET", path, body: init.body === undefined ? undefined : JSON.parse(String(init.body)) });
    return new Response(JSON.stringify(answer.json), { status: answer.status });
  });
  openDocument({ id: "p", draft: EMPTY, live: { version: 1, document: EMPTY, deployedAt: 0 } });
  followRun(undefined);
  useNotices.setState({ notices: [] });
  useSession.setState({ busy: undefined });
});

const refuse = (code: string) => ({ status: 422, json: { error: { code, message: { en: "20 rows come twice.", zh: "20 行会重复。" } } } });

describe("a start", () => {
  test("goes on from the state that was chosen, and says so when rows may come twice", async () => {
    expect(await startRun({ from: { savepoint: "12" }, force: true })).toEqual({ done: true });
    expect(calls).toEqual([{ method: "POST", path: "/api/pipelines/p/start", body: { from: { savepoint: "12" }, force: true } }]);
    expect(runStatus()?.state).toBe("running");
  });

  test("that is refused answers why, and leaves no notice: who asked shows it", async () => {
    answer = refuse("rows-double");
    const { done, refusal } = await startRun({ from: { savepoint: "12" } });
    expect(done).toBe(false);
    expect(refusal?.words.en).toBe("20 rows come twice.");
    expect(canBeForced(refusal)).toBe(true);
    expect(useNotices.getState().notices).toEqual([]);
    expect(useSession.getState().busy).toBeUndefined();
  });

  test("can be forced only where force would help", () => {
    expect(canBeForced({ code: "state-refused" })).toBe(false);
    expect(canBeForced(undefined)).toBe(false);
  });

  test("waits until another change of the run is done", async () => {
    useSession.setState({ busy: "stop" });
    expect(await deploy()).toEqual({ done: false });
    expect(calls).toEqual([]);
  });
});

describe("a savepoint", () => {
  test("is made while the run goes on, and a notice names it", async () => {
    answer = { status: 201, json: { id: "12", kind: "savepoint", at: 1, version: 1, bytes: 10, retained: true } };
    expect(await makeSavepoint()).toBe(true);
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /api/pipelines/p/savepoints"]);
    expect(useNotices.getState().notices.map(({ text }) => text)).toEqual(["Savepoint 12 is made."]);
  });

  test("that cannot be made leaves the reason", async () => {
    answer = refuse("savepoint-failed");
    expect(await makeSavepoint()).toBe(false);
    expect(useNotices.getState().notices.map(({ text }) => text)).toEqual(["20 rows come twice."]);
  });

  test("is what the dialog offers first when it was opened from there", () => {
    restoreWith("deploy", "12");
    expect(restoreFrom(useUi.getState().restoreFrom)).toEqual({ savepoint: "12" });
    closeDialog();
    expect(restoreFrom(useUi.getState().restoreFrom)).toBe("newest");
  });

  test("can be chosen at any time, a checkpoint only while nothing replaces it", () => {
    const state = { id: "1", kind: "checkpoint", at: 0, version: 1, bytes: 0, retained: false } as const;
    expect([canBeChosen(state, true), canBeChosen(state, false)]).toEqual([false, true]);
    expect(canBeChosen({ ...state, kind: "savepoint", retained: true }, true)).toBe(true);
  });
});

test("a failure stands until the run has gone on for a while, so that it does not flicker", () => {
  const failure = { message: { en: "no", zh: "否" }, at: 1 };
  const shown = (state: RunState, startedAt?: number) =>
    failureInTheWay({ ...STATUS, state, failure, ...(startedAt === undefined ? {} : { startedAt }) }, 20_000) !== undefined;
  expect((["failed", "restarting", "starting"] as const).map((state) => shown(state))).toEqual([true, true, true]);
  expect([shown("running", 19_000), shown("running", 10_000), shown("stopped"), shown("finished")]).toEqual([true, false, false, false]);
});

test("a plan begins with what stops a start and ends with what stays", () => {
  const nodes = (["kept", "new", "mapped", "dropped", "refused"] as const).map((state) => ({ nodeId: state, state }));
  expect(planOrder([{ nodeId: "also", state: "kept" }, ...nodes]).map(({ nodeId }) => nodeId)).toEqual([
    "refused",
    "dropped",
    "mapped",
    "new",
    "also",
    "kept",
  ]);
  expect(isRefused({ nodes })).toBe(true);
  expect(isRefused({ nodes: nodes.slice(0, 4) })).toBe(false);
});
