/** The rows inside an array know their own bytes, so that a row flattened out of its record can be written through like any other. */
import type { ByteRange, RecordText, RowMeta } from "../node/index.ts";
import { elementRanges, type Range } from "./json-scan.ts";
import { rangeAt } from "./record-place.ts";

export interface ElementRecords {
  metaOf(index: number): RowMeta;
}

/**
 * Records of the elements of the array at `steps` of the record. Looked up when one of them is first asked for: most
 * arrays are only read. The meta's `record` is an own property, for metas are copied by spreading them.
 */
export function elementRecords(record: ByteRange, steps: readonly (string | number)[]): ElementRecords {
  let ranges: readonly Range[] | undefined;
  const { bytes } = record;
  const recordOf = (index: number): RecordText => {
    ranges ??= elementRanges(bytes, rangeAt(record, steps).start);
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
