/**
 * The rows that the draft gives at a port when what is above it is tried on the server, on retained records or on what its sources hold. Asked anew only when something
 * above changed; typing in the expression that reads the rows changes nothing there.
 */
import type { Words } from "@millrace/engine/node";
import { type PipelineDocument, type Problem, parsePortRef } from "@millrace/engine/pipeline";
import type { TryResult } from "@millrace/server/api";
import { useEffect, useMemo, useState } from "react";
import { ServerError, server } from "../server.ts";
import { useDocument } from "../store/document.ts";
import { specs } from "../store/specs.ts";
import type { PreviewRecord } from "./record.ts";
import { upstreamDocument } from "./upstream-document.ts";
import { toRecords } from "./use-records.ts";

export interface TriedRows {
  /** Of the port, at most a thousand. */
  readonly records: readonly PreviewRecord[];
  readonly isWorking: boolean;
  /** Errors above the port: nothing can be tried. */
  readonly errors: readonly Problem[];
  /** Sources above it that could not be read, by node, with the reason. */
  readonly unread: Readonly<Record<string, Words>>;
  readonly failure: Words | undefined;
}

const NONE: TriedRows = { records: [], isWorking: false, errors: [], unread: {}, failure: undefined };
const MOST_ROWS = 1_000;
/** After the last change above the port. */
const PAUSE_MS = 350;
/** Where nothing came, something may have been posted meanwhile. */
const AGAIN_MS = 3_000;
const ANSWERS_KEPT = 12;

/** Several boxes of a form ask about the same port. */
const answers = new Map<string, Promise<TryResult>>();

function ask(key: string, pipelineId: string, document: PipelineDocument, port: string): Promise<TryResult> {
  const known = answers.get(key);
  if (known) return known;
  const answer = server.tryDocument({ document, pipelineId, targets: [port], limit: MOST_ROWS });
  answers.set(key, answer);
  for (const oldest of [...answers.keys()].slice(0, -ANSWERS_KEPT)) answers.delete(oldest);
  answer.catch(() => answers.delete(key));
  return answer;
}

/** Undefined asks for nothing. */
export function useTriedRows(port: string | undefined): TriedRows {
  const document = useDocument((state) => state.document);
  const pipelineId = useDocument((state) => state.pipelineId);
  const key = useMemo(() => {
    if (port === undefined || pipelineId === undefined) return undefined;
    return JSON.stringify([pipelineId, port, upstreamDocument(document, parsePortRef(port).node, specs)]);
  }, [document, pipelineId, port]);
  const [state, setState] = useState<TriedRows & { readonly of: string | undefined }>({ ...NONE, of: undefined });
  useEffect(() => {
    if (key === undefined) return setState({ ...NONE, of: undefined });
    const [id, of, upstream] = JSON.parse(key) as [string, string, PipelineDocument];
    let shown = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // What stood there goes on standing until there is an answer, unless it was of another port.
    setState((before) => (before.of === of ? { ...before, isWorking: true } : { ...NONE, isWorking: true, of }));
    async function show(): Promise<void> {
      const next = await tried(key as string, id, upstream, of);
      if (!shown) return;
      setState({ ...next, of });
      if (next.records.length > 0 || next.errors.length > 0) return;
      timer = setTimeout(() => {
        answers.delete(key as string);
        void show();
      }, AGAIN_MS);
    }
    timer = setTimeout(() => void show(), answers.has(key) ? 0 : PAUSE_MS);
    return () => {
      shown = false;
      clearTimeout(timer);
    };
  }, [key]);
  return state;
}

async function tried(key: string, pipelineId: string, document: PipelineDocument, port: string): Promise<TriedRows> {
  try {
    const { ports, problems, unread } = await ask(key, pipelineId, document, port);
    const errors = (problems as Problem[]).filter(({ severity }) => severity === "error");
    return { ...NONE, records: toRecords(ports[port]?.rows ?? []), errors, unread };
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    return { ...NONE, failure: error.words, errors: error.problems.filter(({ severity }) => severity === "error") };
  }
}
