import { useCallback } from "react";
import { useWords } from "../i18n/use-words.ts";
import { ServerError } from "../server.ts";

/** What to show of a call that failed; anything that is no answer of the server is a bug and thrown on. */
export function useErrorText(): (error: unknown) => string {
  const words = useWords();
  return useCallback(
    (error) => {
      if (error instanceof ServerError) return words(error.words);
      throw error;
    },
    [words],
  );
}
