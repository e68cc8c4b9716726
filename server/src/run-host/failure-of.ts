/** What went wrong, in words that people get; plain data, so that it can cross threads. */
import { PreparedLost } from "@millrace/engine/node";
import { NodeFailure } from "@millrace/engine/run";
import { ConnectionError } from "@millrace/nodes/connections";
import type { RunFailure } from "../runs/run-host.ts";
import { PermanentFailure } from "./checkpoint-store.ts";

/** A failure that another thread has put into words already. */
export class ReportedFailure extends Error {
  readonly failure: RunFailure;
  constructor(failure: RunFailure) {
    super(failure.message.en);
    this.name = "ReportedFailure";
    this.failure = failure;
  }
}

/** `log` gets the stack: people get the sentence, who has to mend it needs the place. */
export function failureOf(error: unknown, log: (line: string) => void): RunFailure {
  if (error instanceof ReportedFailure) return error.failure;
  if (error instanceof PermanentFailure)
    return { message: error.words, permanent: true, ...(error.doubled === undefined ? {} : { doubled: error.doubled }) };
  const cause = error instanceof NodeFailure ? error.cause : error;
  if (cause instanceof Error && cause.stack !== undefined) log(cause.stack);
  const text = cause instanceof Error ? cause.message : String(cause);
  const known =
    cause instanceof PermanentFailure || cause instanceof ConnectionError || cause instanceof PreparedLost ? cause.words : undefined;
  return {
    message: known ?? { en: text, zh: text },
    ...(error instanceof NodeFailure ? { nodeId: error.nodeId } : {}),
    // What is lost stays lost: a start from the same checkpoint would meet it again.
    ...(cause instanceof PermanentFailure || cause instanceof PreparedLost ? { permanent: true } : {}),
  };
}
