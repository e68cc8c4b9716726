/**
 * The rows of one key that the watermark has not passed yet. Of most rows no step takes any, and then all that counts is that they came, when, and which conditions hold of them: a row is two numbers in lists
 * of numbers, and the row itself is kept only where a step may take it.
 */
import type { KeyedState, ListState, Row } from "@millrace/engine/node";
import type { DataType, Value } from "@millrace/engine/schema";

const BIGINT: DataType = { type: "BIGINT", nullable: false };

export class WaitingRows {
  private readonly times: ListState;
  /** What holds of the row, times two, and one more where the row is kept. */
  private readonly marks: ListState;
  private readonly rows: ListState;
  /** What `take` found: due rows in the order of their times, those of one time as they came. */
  readonly dueTimes: number[] = [];
  readonly dueHolds: number[] = [];
  readonly dueRows: (Row | null)[] = [];
  /** Time of the first row that waits on; Infinity: none. */
  next = Number.POSITIVE_INFINITY;

  constructor(state: KeyedState, rowType: DataType) {
    this.times = state.list("waiting times", BIGINT);
    this.marks = state.list("waiting marks", BIGINT);
    this.rows = state.list("waiting rows", rowType);
  }

  /** `row` null: no step takes it, whatever was matched before. */
  add(time: number, holds: number, row: Row | null): void {
    this.times.add(time);
    this.marks.add(row === null ? holds * 2 : holds * 2 + 1);
    if (row !== null) this.rows.add(row);
  }

  /** Takes the rows that the watermark has passed, and says how many there are. */
  take(watermark: number, compare: ((a: Row, b: Row, time: number) => number) | undefined): number {
    const { dueTimes, dueHolds, dueRows } = this;
    dueTimes.length = dueHolds.length = dueRows.length = 0;
    this.next = Number.POSITIVE_INFINITY;
    const times = this.times.get() as readonly number[];
    if (times.length === 0) return 0;
    const marks = this.marks.get() as readonly number[];
    const rows = this.rows.get() as readonly Row[];
    const [laterTimes, laterMarks, laterRows]: [number[], number[], Value[]] = [[], [], []];
    let kept = 0;
    let isSorted = true;
    for (let i = 0; i < times.length; i++) {
      const time = times[i] as number;
      const mark = marks[i] as number;
      const row = mark % 2 === 1 ? (rows[kept++] as Row) : null;
      if (time <= watermark) {
        if (dueTimes.length > 0 && time < (dueTimes[dueTimes.length - 1] as number)) isSorted = false;
        dueTimes.push(time);
        dueHolds.push(Math.floor(mark / 2));
        dueRows.push(row);
      } else {
        laterTimes.push(time);
        laterMarks.push(mark);
        if (row !== null) laterRows.push(row);
        if (time < this.next) this.next = time;
      }
    }
    if (dueTimes.length === 0) return 0;
    this.times.set(laterTimes);
    this.marks.set(laterMarks);
    this.rows.set(laterRows);
    if (!isSorted || compare !== undefined) this.sort(compare);
    return dueTimes.length;
  }

  /** Judges again what is kept, by other conditions; of what no step took before nothing is left to judge. */
  judgeAgain(judge: (row: Row, time: number) => number): void {
    const times = this.times.get() as readonly number[];
    const rows = this.rows.get() as readonly Row[];
    let kept = 0;
    const marks = (this.marks.get() as readonly number[]).map((mark, i) =>
      mark % 2 === 1 ? judge(rows[kept++] as Row, times[i] as number) * 2 + 1 : 0,
    );
    this.marks.set(marks);
  }

  private sort(compare: ((a: Row, b: Row, time: number) => number) | undefined): void {
    const { dueTimes, dueHolds, dueRows } = this;
    const [times, holds, rows] = [[...dueTimes], [...dueHolds], [...dueRows]];
    const order = times.map((_, i) => i);
    order.sort((a, b) => {
      const time = times[a] as number;
      return time - (times[b] as number) || (compare === undefined ? 0 : compare(rows[a] as Row, rows[b] as Row, time));
    });
    for (const [i, from] of order.entries()) {
      dueTimes[i] = times[from] as number;
      dueHolds[i] = holds[from] as number;
      dueRows[i] = rows[from] as Row | null;
    }
  }
}
