/** The rows inside an array know their own bytes, so that a row flattened out of its record can be written through like any other. */
import type { RecordText, RowMeta } from "../node/index.ts";
import { elementRanges, type Range } from "./json-scan.ts";
import { rangeAt } from "./record-place.ts";

export interface ElementRecords {
  metaOf(index: number): RowMeta;
}

/**
 * Records of the elements of the array at `steps` of the record that begins at `start`. Looked up when one of them is first asked for: most
 * arrays are only read. The meta's `record` is an own property, for metas are copied by spreading them.
 */
export function elementRecords(bytes: Uint8Array, start: number, steps: readonly (string | number)[]): ElementRecords {
  let ranges: readonly Range[] | undefined;
  const recordOf = (index: number): RecordText => {
    ranges ??= elementRanges(bytes, rangeAt(bytes, start, steps).start);
    const range = ranges[index] as Range;
    return { format: "json", bytes, start: range.start, end: range.end };
  };
  return {
    metaOf: (index) => ({
      get record() {
        return recordOf(index);
      },
    }),
  };
}
