/** The strings of all rooms against the sources that use them. */
import { describe, expect, test } from "vitest";
import { rooms } from "./i18n.ts";

const sources = Object.entries(
  import.meta.glob<string>(["../**/*.{ts,tsx}", "!../**/*.test.ts", "!../**/words.ts"], { query: "?raw", import: "default", eager: true }),
);

/** Keys written out: `t("key")`, `words.key`. Keys put together: `t(`status.${…}`)`, by what they begin with. */
function uses(source: string): { whole: string[]; begins: string[] } {
  const whole = [...source.matchAll(/\bt\(\s*"([^"]+)"/g), ...source.matchAll(/\b[wW]ords\.([A-Za-z]\w*)/g)].map(
    ([, key]) => key as string,
  );
  const choices = [...source.matchAll(/\bt\(([^`"()]*\?[^()]*)/g)].flatMap(([, inner]) => [...(inner as string).matchAll(/"([^"]+)"/g)]);
  const begins = [...source.matchAll(/\bt\(\s*`([^$`]*)\$\{/g)].map(([, key]) => key as string);
  return { whole: [...whole, ...choices.map(([, key]) => key as string)], begins };
}

const PLURAL = /_(one|other)$/;

describe.each(Object.entries(rooms))("words of %s", (room, words) => {
  const marks = [`useTranslation("${room}")`, `useTranslation(["${room}"`, `ns: "${room}"`];
  const own = sources.filter(([, text]) => marks.some((mark) => text.includes(mark)));
  const inRoom = sources.filter(([path]) => path.startsWith(`../${room}/`));

  test("are there in both languages", () => {
    for (const [key, { en, zh }] of Object.entries(words)) {
      expect(en.trim(), `${room} ${key} in English`).not.toBe("");
      expect(zh.trim(), `${room} ${key} in Chinese`).not.toBe("");
    }
  });

  test("take the same arguments in both languages", () => {
    const named = (text: string) => [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name))].sort();
    for (const [key, { en, zh }] of Object.entries(words)) {
      // One of something can do without its number.
      if (key.endsWith("_one")) continue;
      expect(named(zh), `${room} ${key}`).toEqual(named(en));
    }
  });

  test("are there for every use", () => {
    const missing = own.flatMap(([path, text]) =>
      uses(text)
        .whole.filter((key) => text.includes(`"${key}"`) && !(key in words) && !(`${key}_other` in words))
        // A file may use two rooms; the other one's test sees to its keys.
        .filter((key) => !Object.values(rooms).some((other) => key in other || `${key}_other` in other))
        .map((key) => `${path}: ${key}`),
    );
    expect(missing).toEqual([]);
  });

  test("are all used", () => {
    const texts = [
      ...new Map([...own, ...inRoom]).values(),
      ...sources.filter(([, text]) => text.includes(`${room}/words.ts`)).map(([, text]) => text),
    ];
    const unused = Object.keys(words).filter((key) => {
      const base = key.replace(PLURAL, "");
      // Keys of steps are named where steps are made; keys put together begin as the template does.
      const begins = texts.flatMap((text) => uses(text).begins).filter((start) => start !== "");
      return (
        !texts.some((text) => text.includes(`"${base}"`) || new RegExp(`[wW]ords\\.${base}\\b`).test(text)) &&
        !begins.some((start) => base.startsWith(start))
      );
    });
    if (room !== "store") expect(unused).toEqual([]);
    else expect(unused.filter((key) => !sources.some(([, text]) => text.includes(`"${key}"`)))).toEqual([]);
  });
});
