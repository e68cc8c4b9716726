import type { NodeExample } from "@millrace/server/api";

type Steps = NodeExample["steps"];

const WIDTH = 320;
const LEFT = 74;
const LANE = 30;
const RADIUS = 8;

/** Rows where their times put them, numbered as they came, a lane for each port; dashed: watermarks. What it shows stands as text below it. */
export function TimePicture({ steps, label }: { readonly steps: Steps; readonly label: string }) {
  const lanes = lanesOf(steps);
  const x = scaleOf(steps);
  const height = LANE * lanes.length + 14;
  const y = (lane: string) => 14 + LANE * lanes.indexOf(lane);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${height}`} width="100%" role="img" aria-label={label} style={{ maxWidth: 480 }} fontSize={10}>
      {lanes.map((lane) => (
        <g key={lane}>
          <text x={0} y={y(lane) + 4} fill="var(--mr-muted)">
            {lane}
          </text>
          <line x1={LEFT} x2={WIDTH} y1={y(lane)} y2={y(lane)} stroke="var(--mr-line-strong)" />
        </g>
      ))}
      {steps.flatMap((step, index) =>
        step.watermarks.map(({ port, time }) => (
          <line
            // biome-ignore lint/suspicious/noArrayIndexKey: steps have no other name
            key={`${index} ${port}`}
            x1={x(time) + RADIUS}
            x2={x(time) + RADIUS}
            y1={y(`→ ${port}`) - 12}
            y2={y(`→ ${port}`) + 12}
            stroke="var(--mr-muted)"
            strokeDasharray="3 2"
          />
        )),
      )}
      {steps.flatMap((step, index) => [
        ...step.in.map(({ port, time }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
          <Dot key={`in ${index} ${i}`} x={x(time)} y={y(`→ ${port}`)} number={index + 1} />
        )),
        ...step.out.map(({ port, time }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
          <Dot key={`out ${index} ${i}`} x={x(time) + 3 * i} y={y(`${port} →`)} number={index + 1} given />
        )),
      ])}
    </svg>
  );
}

function Dot({ x, y, number, given }: { readonly x: number; readonly y: number; readonly number: number; readonly given?: true }) {
  return (
    <g>
      <circle cx={x} cy={y} r={RADIUS} fill={given ? "var(--mr-panel)" : "var(--mr-muted)"} stroke="var(--mr-muted)" strokeWidth={1.5} />
      <text x={x} y={y + 3.5} textAnchor="middle" fill={given ? "var(--mr-text, currentColor)" : "var(--mr-panel)"}>
        {number}
      </text>
    </g>
  );
}

function lanesOf(steps: Steps): readonly string[] {
  const ins = steps.flatMap((step) => [...step.in, ...step.watermarks].map(({ port }) => `→ ${port}`));
  return [...new Set([...ins, ...steps.flatMap(({ out }) => out.map(({ port }) => `${port} →`))])];
}

/** Where a time is; what has none stands at the left, and the end of time at the right. */
export function scaleOf(steps: Steps): (time: number | "max" | null) => number {
  const times = steps
    .flatMap((step) => [...step.in, ...step.watermarks, ...step.out].map(({ time }) => time))
    .filter((time) => typeof time === "number");
  const [least, most] = [Math.min(...times), Math.max(...times)];
  const [from, to] = [LEFT + RADIUS + 4, WIDTH - 2 * RADIUS - 4];
  return (time) => {
    if (time === null) return from;
    if (time === "max") return to + RADIUS;
    return most > least ? from + ((time - least) / (most - least)) * (to - from) : from;
  };
}

/** Times of examples are short ones since the epoch, or moments. */
export function momentOf(time: number | "max" | null): string {
  if (time === null) return "–";
  if (time === "max") return "∞";
  return Math.abs(time) < 86_400_000 ? `${time / 1000} s` : new Date(time).toISOString();
}
