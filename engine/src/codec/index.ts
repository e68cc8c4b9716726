import type { Format } from "../node/index.ts";
import type { Codec } from "./codec.ts";
import { csvCodec } from "./csv.ts";
import { jsonCodec } from "./json.ts";
import { textCodec } from "./text.ts";

export { ByteWriter } from "./byte-writer.ts";
export * from "./codec.ts";
export { wrongType } from "./codec-errors.ts";
export { csvCells, csvHeader } from "./csv.ts";
export { jsonFault, jsonFaultWords } from "./json-fault.ts";
export { elementRanges, type Member, memberRange, objectMembers, type Range, skipSpace } from "./json-scan.ts";
export { type ExtractKey, keyExtractor } from "./key-extractor.ts";
export { type PartOf, partOf } from "./part-of.ts";
export { rowOfValues } from "./row-builder.ts";
export { valueFromText } from "./value-text.ts";

const CODECS: Readonly<Record<Format["name"], Codec>> = { json: jsonCodec, csv: csvCodec, text: textCodec };

/** The codec of a format; its options are handed to the codec's decoder and encoder. */
export function codecOf(format: Format): Codec {
  return CODECS[format.name];
}
