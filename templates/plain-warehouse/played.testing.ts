/** A job of the warehouse, played on rows of its sources, for comparing with the plain computation. */
import type { InputRow } from "@millrace/engine/node";
import { playPipeline } from "@millrace/engine/testing";
import { nodeTypes } from "@millrace/nodes/registry";
import { expect } from "vitest";
import { type Template, templates } from "../index.ts";
import { canonical, type Row } from "./values.ts";
import type { Dimensions } from "./wide.ts";

export function template(name: string): Template {
  const found = templates.find((one) => one.name === name);
  if (!found) throw new Error(`no template ${name}`);
  return found;
}

/** What the job's sinks write, given all rows of its sources. */
export function played(name: string, sources: Readonly<Record<string, readonly (Row | string)[]>>, dimensions: Dimensions = new Map()) {
  const { document } = template(name);
  const tables = Object.entries(document.nodes).flatMap(([id, { type, params }]) =>
    type === "lookup" ? [[id, String(params?.table)] as const] : [],
  );
  const answers = tables.map(([id, table]) => [id, { rows: Object.fromEntries(dimensions.get(table) ?? []) }]);
  const rows = Object.fromEntries(
    Object.entries(sources).map(([id, all]) => [
      id,
      all.map((value): InputRow => ({ value: typeof value === "string" ? value : exact(value) })),
    ]),
  );
  const {
    failures,
    rows: written,
    deadLetters,
  } = playPipeline(document, nodeTypes, {
    name,
    steps: [{ answers: Object.fromEntries(answers) }, { rows }, { end: true }],
  });
  expect(failures).toEqual([]);
  return { written, deadLetters: deadLetters.map(({ bytes }) => new TextDecoder().decode(bytes)) };
}

/** As text, since JSON.stringify knows no bigint. */
function exact(row: Row): string {
  return JSON.stringify(row, (_name, value: unknown) => (typeof value === "bigint" ? `${value}n` : value)).replace(/"(\d+)n"/g, "$1");
}

export function expectSame(written: readonly { readonly value: unknown }[] | undefined, expected: readonly Row[]): void {
  expect(expected.length).toBeGreaterThan(0);
  expect(written?.map(({ value }) => canonical(value)).sort()).toEqual(expected.map(canonical).sort());
}
