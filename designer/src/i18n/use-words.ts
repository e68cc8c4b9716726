import type { Words } from "@millrace/engine/node";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Language } from "./i18n.ts";

/** Picks the language that is on out of words that carry both: specs, problems, the server's messages. */
export function useWords(): (words: Words) => string {
  const language = useLanguage();
  return useCallback((words: Words) => words[language], [language]);
}

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.resolvedLanguage === "zh" ? "zh" : "en";
}
