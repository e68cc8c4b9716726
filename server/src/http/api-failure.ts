/** What a handler throws to answer with an error: status, stable code, words in both languages. Everything else that is thrown is a bug and answers 500. */
import type { Problem } from "@millrace/engine/pipeline";
import type { ApiError } from "../api.ts";

export interface Words {
  readonly en: string;
  readonly zh: string;
}

export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly words: Words;
  readonly problems: readonly Problem[] | undefined;

  constructor(status: number, code: string, words: Words, problems?: readonly Problem[]) {
    super(words.en);
    this.name = "ApiFailure";
    this.status = status;
    this.code = code;
    this.words = words;
    this.problems = problems;
  }

  body(): ApiError {
    const problems = this.problems as ApiError["error"]["problems"];
    return { error: { code: this.code, message: this.words, ...(problems ? { problems } : {}) } };
  }
}

export function notFound(what: Words, name: string): ApiFailure {
  return new ApiFailure(404, "not-found", {
    en: `There is no ${what.en} ${quote(name)}.`,
    zh: `没有名为 ${quote(name)} 的${what.zh}。`,
  });
}

export function problemsFailure(problems: readonly Problem[]): ApiFailure {
  const errors = problems.filter((problem) => problem.severity === "error").length;
  return new ApiFailure(
    422,
    "problems",
    {
      en: `The pipeline has ${errors === 1 ? "an error" : `${errors} errors`}; nothing was changed.`,
      zh: `流水线有 ${errors} 个错误,未做任何更改。`,
    },
    problems,
  );
}

/** A value as it stands in a message: quoted, shortened. */
export function quote(value: string): string {
  return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
}
