import type { ConnectionKind } from "@millrace/nodes/specs";
import type { Connection, PipelineSummary } from "@millrace/server/api";
import { describe, expect, test } from "vitest";
import { choicesFor, gatherAliases, meaningOf } from "./aliases.ts";
import { askedFor, formValues, settingsFrom, shownSettings } from "./settings.ts";

const words = { en: "", zh: "" };
const kind: ConnectionKind = {
  kind: "built-in",
  role: "files",
  title: words,
  description: words,
  settings: [
    { name: "root", type: "folder", title: words, description: words },
    { name: "password", type: "secret", title: words, description: words },
  ],
};

describe("settings", () => {
  test("go into the form and back as they were", () => {
    const stored = { root: "/data", password: { secret: true } };
    expect(settingsFrom(kind, formValues(kind, stored), stored)).toEqual(stored);
    expect(settingsFrom(kind, formValues(kind, {}), {})).toEqual({});
  });

  test("take what was typed; an empty field is left out", () => {
    expect(settingsFrom(kind, { root: " /logs ", password: " geheim " }, { root: "/data", password: { secret: true } })).toEqual({
      root: "/logs",
      password: { secret: " geheim " },
    });
    expect(settingsFrom(kind, { root: " ", password: "" }, { root: "/data" })).toEqual({});
  });

  test("are shown without secrets, whatever the server sends", () => {
    const connection = {
      kind: "built-in",
      role: "files",
      settings: { root: "/data", password: "geheim", token: { secret: "geheim" } },
    } as const;
    expect(shownSettings(connection).map(({ text }) => text.en)).toEqual(["/data"]);
    expect(shownSettings({ ...connection, settings: { root: { secret: "geheim" } } })).toEqual([]);
  });
});

describe("settings that depend on a choice", () => {
  const option = (value: string) => ({ value, title: { en: value.toUpperCase(), zh: value } });
  const guarded: ConnectionKind = {
    ...kind,
    settings: [
      { name: "login", type: "choice", options: [option("none"), option("plain")], title: words, description: words },
      { name: "user", type: "text", onlyWith: { choice: "login", values: ["plain"] }, title: words, description: words },
      { name: "password", type: "secret", onlyWith: { choice: "login", values: ["plain"] }, title: words, description: words },
    ],
  };

  test("are asked for only with it; the first choice is the default", () => {
    expect(askedFor(guarded, {}).map(({ name }) => name)).toEqual(["login"]);
    expect(askedFor(guarded, { login: "plain" }).map(({ name }) => name)).toEqual(["login", "user", "password"]);
  });

  test("are not sent without it, stored secrets included", () => {
    const stored = { login: "plain", user: "ann", password: { secret: true } };
    expect(settingsFrom(guarded, formValues(guarded, stored), stored)).toEqual(stored);
    expect(settingsFrom(guarded, { ...formValues(guarded, stored), login: "none" }, stored)).toEqual({ login: "none" });
  });
});

test("a choice is shown by its title, certificates not at all", () => {
  const connection = { kind: "kafka", role: "topic", settings: { brokers: "k:9092", sasl: "plain", ca: "-----BEGIN" } } as const;
  expect(shownSettings(connection).map(({ text }) => text.en)).toEqual(["k:9092", "PLAIN"]);
});

const pipeline = (name: string, connections: PipelineSummary["connections"]): PipelineSummary => ({
  id: name,
  name,
  updatedAt: 0,
  changed: false,
  ...(connections ? { connections } : {}),
});
const disk: Connection = { name: "disk", kind: "built-in", role: "files", settings: {} };
const main: Connection = { name: "main", kind: "built-in", role: "topic", settings: {} };

describe("aliases", () => {
  test("are gathered from all pipelines, with who uses them for what", () => {
    const pipelines = [
      pipeline("a", { logs: { role: "files" } }),
      pipeline("b", { logs: { role: "topic" }, events: { role: "topic" } }),
      pipeline("c", undefined),
    ];
    expect(gatherAliases(pipelines, { name: "e", connections: { old: "disk", logs: "disk" } })).toEqual([
      { name: "events", roles: ["topic"], pipelines: ["b"] },
      { name: "logs", roles: ["files", "topic"], pipelines: ["a", "b"] },
      { name: "old", roles: [], pipelines: [] },
    ]);
  });

  test("offer connections of a fitting role, and the one chosen even when it does not fit", () => {
    const names = (roles: Connection["role"][], chosen?: string) =>
      choicesFor({ name: "x", roles, pipelines: [] }, [disk, main], chosen).map(({ name }) => name);
    expect(names(["files"])).toEqual(["disk"]);
    expect(names(["files"], "main")).toEqual(["disk", "main"]);
    expect(names(["files", "topic"])).toEqual(["disk", "main"]);
    expect(names([])).toEqual(["disk", "main"]);
  });

  test("mean what is built in unless the environment says otherwise", () => {
    const environment = { name: "e", connections: { logs: "disk" } };
    expect(meaningOf("logs", environment, [disk])).toBe(disk);
    expect(meaningOf("constructor", environment, [disk])).toBeUndefined();
    expect(meaningOf("logs", undefined, [disk])).toBeUndefined();
  });
});
