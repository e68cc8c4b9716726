/** What the form of a node is told of the pipeline, out of the stores. */
import { type ExpressionUse, portsOf } from "@millrace/engine/node";
import { DEFAULTS, fillIn, type PipelineNode, parameterValues, type TypedNode } from "@millrace/engine/pipeline";
import { useEffect, useMemo, useState } from "react";
import { server } from "../server.ts";
import { useNodeProblems, useTypedNode } from "../store/analysis.ts";
import { edit, endGesture, useDocument } from "../store/document.ts";
import type { FormItem, Path } from "./form-model.ts";
import type { FormSurroundings, ProposalQuestion } from "./form-surroundings.ts";
import { withValueAt } from "./form-value.ts";
import { hasProblemBelow, pathKey, placeProblems } from "./problem-places.ts";
import { specOf } from "./spec-of.ts";

const NONE: readonly never[] = [];

export function useNodeSurroundings(nodeId: string, node: PipelineNode, form: FormItem): FormSurroundings {
  const problems = useNodeProblems(nodeId);
  const typed = useTypedNode(nodeId);
  const document = useDocument((state) => state.document);
  const pipelineId = useDocument((state) => state.pipelineId);
  const role = typed?.spec.connection;
  const topics = useTopicNames(role === "topic" ? connectionOf(node) : undefined, role === "topic");
  const { tables, tableColumns } = useTables(connectionOf(node), role === "table" ? node.params.table : undefined);
  return useMemo((): FormSurroundings => {
    const placed = placeProblems(form, node.params, problems);
    const uses = expressionsOf(typed);
    // What is wrong with parameters is said where they are declared.
    const { values } = parameterValues(document.parameters, {});
    const proposalQuestion = (path: Path): ProposalQuestion => ({
      key: JSON.stringify(withValueAt(node.params, path, undefined)),
      ask: (signal) => server.proposeSchema({ document, node: nodeId, ...(pipelineId === undefined ? {} : { pipelineId }) }, signal),
      use: (text) => {
        endGesture();
        changeParam(nodeId, path, text);
        endGesture();
      },
    });
    const portAt = (path: Path) => portOf(uses, path) ?? firstInput(typed);
    return {
      problemsAt: (path) => placed.get(pathKey(path)) ?? NONE,
      problemBelow: (path) => hasProblemBelow(problems, path),
      change: (path, value) => changeParam(nodeId, path, value),
      schemaAt: (path) => (typed && inputOf(typed, portAt(path))?.schema) ?? undefined,
      overAt: (path) => expressionAt(uses, path)?.over,
      steps: stepsOf(typed),
      feederAt: (path) => (typed && inputOf(typed, portAt(path))?.edges[0]?.from) ?? undefined,
      filled: (text) => String(fillIn(text, values, () => undefined)),
      expressionCount: uses.length,
      timeZone: document.timeZone ?? DEFAULTS.timeZone,
      topics,
      tables,
      tableColumns,
      connections: Object.entries(document.connections ?? {}).flatMap(([alias, declared]) => (declared.role === role ? [alias] : [])),
      schemas: Object.keys(document.schemas ?? {}),
      proposalAt: (path) => (specOf(node.type)?.category === "source" ? proposalQuestion(path) : undefined),
    };
  }, [form, node.params, node.type, problems, typed, nodeId, document, pipelineId, topics, tables, tableColumns, role]);
}

function changeParam(nodeId: string, path: Path, value: unknown): void {
  edit(
    "step.param",
    (draft) => {
      const target = Object.hasOwn(draft.nodes, nodeId) ? draft.nodes[nodeId] : undefined;
      if (target) target.params = withValueAt(target.params, path, value) as typeof target.params;
    },
    { gesture: `param ${nodeId} ${pathKey(path)}` },
  );
}

function inputOf(typed: TypedNode, port: string | undefined) {
  return port !== undefined && Object.hasOwn(typed.inputs, port) ? typed.inputs[port] : undefined;
}

/** What a spec says of params that are half typed is a help, not a promise: then all params read the first input. */
function expressionsOf(typed: TypedNode | undefined): readonly ExpressionUse[] {
  if (!typed?.spec.expressions) return NONE;
  try {
    return typed.spec.expressions(typed.params);
  } catch {
    return NONE;
  }
}

function portOf(uses: readonly ExpressionUse[], path: Path): string | undefined {
  return expressionAt(uses, path)?.port;
}

function expressionAt(uses: readonly ExpressionUse[], path: Path): ExpressionUse | undefined {
  return uses.find((use) => pathKey(use.path) === pathKey(path));
}

function stepsOf(typed: TypedNode | undefined): readonly string[] {
  try {
    return typed?.spec.steps?.(typed.params) ?? NONE;
  } catch {
    return NONE;
  }
}

function firstInput(typed: TypedNode | undefined): string | undefined {
  if (!typed) return undefined;
  try {
    return Object.keys(portsOf(typed.spec, typed.params).inputs)[0];
  } catch {
    return Object.keys(typed.inputs)[0];
  }
}

function connectionOf(node: PipelineNode): string | undefined {
  const alias = node.params.connection;
  return typeof alias === "string" && alias !== "" ? alias : undefined;
}

/** Names of the topics of a connection; none while they cannot be read. */
function useTopicNames(connection: string | undefined, wanted: boolean): readonly string[] {
  const [names, setNames] = useState<readonly string[]>(NONE);
  useEffect(() => {
    if (!wanted) return;
    const asked = new AbortController();
    server.topics(connection, asked.signal).then(
      (topics) => setNames(topics.map(({ name }) => name)),
      // The name can be typed: a list that cannot be had is no reason to stop.
      (error: unknown) => {
        if (!asked.signal.aborted) console.warn("Topics could not be listed", error);
      },
    );
    return () => asked.abort();
  }, [connection, wanted]);
  return names;
}

/** Names of a connection's analytical tables, and the columns of one; none while they cannot be read, or ClickHouse is not there yet. */
function useTables(
  connection: string | undefined,
  table: unknown,
): { readonly tables: readonly string[]; readonly tableColumns: readonly string[] | undefined } {
  const [tables, setTables] = useState<readonly string[]>(NONE);
  const [columns, setColumns] = useState<readonly string[]>();
  const isWanted = table !== undefined;
  useEffect(() => {
    if (!isWanted) return;
    const asked = new AbortController();
    server.tables(connection, asked.signal).then(
      (all) => setTables(all.map(({ name }) => name)),
      (error: unknown) => {
        if (!asked.signal.aborted) console.warn("Tables could not be listed", error);
      },
    );
    return () => asked.abort();
  }, [connection, isWanted]);
  const name = typeof table === "string" && tables.includes(table) ? table : undefined;
  useEffect(() => {
    setColumns(undefined);
    if (name === undefined) return;
    const asked = new AbortController();
    server.table(name, connection, asked.signal).then(
      (found) => setColumns(found.columns.map((column) => column.name)),
      (error: unknown) => {
        if (!asked.signal.aborted) console.warn("The table could not be described", error);
      },
    );
    return () => asked.abort();
  }, [connection, name]);
  return { tables, tableColumns: columns };
}
