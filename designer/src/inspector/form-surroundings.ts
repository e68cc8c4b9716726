/** What the controls of a form need to know of the pipeline around the node; given once, so that controls stay small. */
import type { ExpressionUse } from "@millrace/engine/node";
import type { Problem } from "@millrace/engine/pipeline";
import type { Schema } from "@millrace/engine/schema";
import type { SchemaProposal } from "@millrace/server/api";
import { createContext, useContext } from "react";
import type { Path } from "./form-model.ts";

export interface FormSurroundings {
  readonly problemsAt: (path: Path) => readonly Problem[];
  /** Whether a problem stands at the path or below it. */
  readonly problemBelow: (path: Path) => boolean;
  /** `undefined` removes the member. */
  readonly change: (path: Path, value: unknown) => void;
  /** The schema of the rows that a param reads; undefined while nothing is wired. */
  readonly schemaAt: (path: Path) => Schema | undefined;
  /** What the expression at the path may look at beside a single row; undefined: nothing. */
  readonly overAt: (path: Path) => ExpressionUse["over"];
  /** Names of the steps by which rows are matched, for expressions that look at those. */
  readonly steps: readonly string[];
  /** The output port ("node.port") that gives these rows, for their records. */
  readonly feederAt: (path: Path) => string | undefined;
  /** How many expressions the form has: many are shown with one value each. */
  readonly expressionCount: number;
  readonly timeZone: string;
  /** A text with the pipeline's parameters (their defaults) in the place of `${name}`. */
  readonly filled: (text: string) => string;
  /** Names to choose from; anything else may be typed. */
  readonly topics: readonly string[];
  readonly tables: readonly string[];
  /** Of the analytical table that the node writes, when it is there. */
  readonly tableColumns: readonly string[] | undefined;
  readonly connections: readonly string[];
  readonly schemas: readonly string[];
  /** Of a source: how the schema at the path is proposed from its records; undefined for other nodes. */
  readonly proposalAt: (path: Path) => ProposalQuestion | undefined;
}

export interface ProposalQuestion {
  /** Another one when the node reads something else: what was proposed before is then of no use. */
  readonly key: string;
  /** Rejects with a `ServerError`. */
  readonly ask: (signal: AbortSignal) => Promise<SchemaProposal>;
  /** Puts the proposed text into the param, as a step of undo of its own. */
  readonly use: (text: string) => void;
}

const Surroundings = createContext<FormSurroundings | undefined>(undefined);

export const FormSurroundingsProvider = Surroundings.Provider;

export function useFormSurroundings(): FormSurroundings {
  const surroundings = useContext(Surroundings);
  if (!surroundings) throw new Error("a form's control was rendered outside of a form");
  return surroundings;
}
