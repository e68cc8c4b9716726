/** i18next over the `words.ts` of every room. Import for its effect before the first component renders. */
import type { Words } from "@millrace/engine/node";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { RoomWords } from "./room-words.ts";

export type Language = keyof Words;
export const LANGUAGES: readonly Language[] = ["en", "zh"];

/** Namespace (the room's folder) → its words. */
export const rooms: Readonly<Record<string, RoomWords>> = Object.fromEntries(
  Object.entries(import.meta.glob<RoomWords>("../*/words.ts", { eager: true, import: "words" })).map(([path, words]) => [
    path.split("/")[1] as string,
    words,
  ]),
);

const STORED_AS = "millrace.language";

export function language(): Language {
  return i18next.resolvedLanguage === "zh" ? "zh" : "en";
}

export function setLanguage(next: Language): void {
  globalThis.localStorage?.setItem(STORED_AS, next);
  void i18next.changeLanguage(next);
}

/** The words in the language that is on; for code outside of components (inside: `useWords`). */
export function say(words: Words): string {
  return words[language()];
}

function firstLanguage(): Language {
  const stored = globalThis.localStorage?.getItem(STORED_AS);
  if (stored === "en" || stored === "zh") return stored;
  return globalThis.navigator?.language.startsWith("zh") ? "zh" : "en";
}

function resourcesIn(one: Language): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(rooms).map(([room, words]) => [room, Object.fromEntries(Object.entries(words).map(([key, text]) => [key, text[one]]))]),
  );
}

void i18next.use(initReactI18next).init({
  lng: firstLanguage(),
  fallbackLng: "en",
  supportedLngs: LANGUAGES,
  defaultNS: "shell",
  resources: { en: resourcesIn("en"), zh: resourcesIn("zh") },
  // Keys are plain names; React escapes.
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false },
  initAsync: false,
});

if (typeof document !== "undefined") {
  const show = () => document.documentElement.setAttribute("lang", language() === "zh" ? "zh-CN" : "en");
  i18next.on("languageChanged", show);
  show();
}

export { i18next };
