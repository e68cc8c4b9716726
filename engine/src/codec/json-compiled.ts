/** Generated code with the parts that it calls. */
import { META } from "../node/index.ts";
import type { DataType, Value } from "../schema/index.ts";
import { spaceEnd, unusualStringEnd } from "./json-bytes.ts";
import { Names, says } from "./json-names.ts";
import { LONG, longEnd, NUMBER, POWERS_OF_TEN, plainNumberEnd } from "./json-numbers.ts";
import { meaningOf } from "./json-scan.ts";
import { valueEnd } from "./json-skip.ts";
import { KnownTexts } from "./known-texts.ts";
import { valueFromText } from "./value-text.ts";

/** What texts the sources of a thread have in common they share. */
const texts = new KnownTexts(meaningOf);

/** What the code returns that begins with `HEAD`: for these lists of names, these scalars, and whatever else it looks for in `env`. */
export function compiled(
  text: string,
  names: readonly (readonly string[])[],
  scalars: readonly { readonly dataType: DataType }[],
  more: Readonly<Record<string, unknown>> = {},
): unknown {
  return new Function("env", text)({
    META,
    NUMBER,
    POWERS: POWERS_OF_TEN,
    texts,
    skipped: new Names([]),
    names: names.map((list) => new Names(list)),
    fromTexts: scalars.map(({ dataType }) => textReader(dataType)),
    spaceEnd,
    unusualStringEnd,
    valueEnd,
    plainNumberEnd,
    longEnd,
    LONG,
    says,
    ...more,
  });
}

/** Values of text, undefined for text that is none. Days and times repeat from record to record, so the last is remembered. */
export function textReader(dataType: DataType): (text: string) => Value | undefined {
  let lastText = "";
  let lastValue = valueFromText("", dataType);
  return (text) => {
    if (text !== lastText) {
      lastValue = valueFromText(text, dataType);
      lastText = text;
    }
    return lastValue;
  };
}
