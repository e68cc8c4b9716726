/** Rows between two checkpoints. The batch that goes into the checkpoint is the one that is written, then or after a restart: so a replay repeats it to the byte, and its token adds nothing. */
import type { Millis, Prepared } from "@millrace/engine/node";
import { type Packed, pack, unpack } from "./packed.ts";

export interface BatchRow {
  /** A JSON object, without line end. */
  readonly line: Uint8Array;
  /** As it came in at the node. */
  readonly input: Uint8Array;
  readonly time: Millis;
}

/** A part as the checkpoint holds it. */
export interface PreparedBatch extends Prepared {
  readonly token: string;
  readonly columns: readonly string[];
  readonly records: number;
  /** Rows of each chunk. */
  readonly chunks: readonly number[];
  readonly lines: Packed;
  readonly lineLengths: readonly number[];
  readonly inputs: Packed;
  readonly inputLengths: readonly number[];
  readonly times: readonly (Millis | null)[];
}

export class Staged {
  private rows: BatchRow[] = [];
  bytes = 0;

  add(row: BatchRow): void {
    this.rows.push(row);
    this.bytes += row.line.length + row.input.length;
  }

  get count(): number {
    return this.rows.length;
  }

  clear(): void {
    this.rows = [];
    this.bytes = 0;
  }

  /** Takes the rows out at once, and then packs them. */
  async take(token: string, columns: readonly string[], most: { readonly rows: number; readonly bytes: number }): Promise<PreparedBatch> {
    const { rows } = this;
    this.clear();
    const lines = Buffer.concat(rows.map(({ line }) => line));
    const inputs = Buffer.concat(rows.map(({ input }) => input));
    const [packedLines, packedInputs] = await Promise.all([pack(lines), pack(inputs)]);
    return {
      token,
      columns,
      records: rows.length,
      chunks: chunksOf(rows, most),
      lines: packedLines,
      lineLengths: rows.map(({ line }) => line.length),
      inputs: packedInputs,
      inputLengths: rows.map(({ input }) => input.length),
      times: rows.map(({ time }) => (Number.isFinite(time) ? time : null)),
    };
  }
}

function chunksOf(rows: readonly BatchRow[], most: { readonly rows: number; readonly bytes: number }): number[] {
  const chunks: number[] = [];
  let count = 0;
  let bytes = 0;
  for (const { line } of rows) {
    if (count > 0 && (count >= most.rows || bytes + line.length > most.bytes)) {
      chunks.push(count);
      count = 0;
      bytes = 0;
    }
    count++;
    bytes += line.length;
  }
  return count > 0 ? [...chunks, count] : chunks;
}

/** The rows of a part in their order. */
export async function rowsOf(part: PreparedBatch): Promise<readonly BatchRow[]> {
  const [lines, inputs] = await Promise.all([unpack(part.lines), unpack(part.inputs)]);
  let line = 0;
  let input = 0;
  return part.lineLengths.map((length, i) => {
    const inputLength = part.inputLengths[i] as number;
    const row = {
      line: lines.subarray(line, line + length),
      input: inputs.subarray(input, input + inputLength),
      time: part.times[i] ?? Number.NEGATIVE_INFINITY,
    };
    line += length;
    input += inputLength;
    return row;
  });
}

/** Lines for one insert. */
export function linesOf(rows: readonly BatchRow[]): Uint8Array {
  return Buffer.concat(rows.flatMap(({ line }) => [line, LINE_END]));
}

const LINE_END = Buffer.from("\n");
