/** From the server's map to a drawing: cards, arrows along the flow of data, and which of them belong together. No React. */
import type { MapFlow, MapJob, MapStore, WarehouseMap } from "@millrace/server/api";
import type { ElkNode } from "elkjs/lib/elk-api.js";

export type Thing = { readonly is: "job"; readonly job: MapJob } | { readonly is: "store"; readonly store: MapStore };

export interface Card {
  /** "job ID" or "store ID". */
  readonly id: string;
  readonly thing: Thing;
  /** What flows into it, and out of it. */
  readonly into: readonly MapFlow[];
  readonly outOf: readonly MapFlow[];
}

export interface Arrow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Of all flows between the two together. */
  readonly rate: number | undefined;
}

export interface Drawing {
  readonly cards: readonly Card[];
  readonly arrows: readonly Arrow[];
}

export const SIZE = { job: { width: 216, height: 62 }, store: { width: 208, height: 46 } } as const;

const jobId = (id: string) => `job ${id}`;
const storeId = (id: string) => `store ${id}`;

/** Pipelines that read and write nothing known are left out: they hang together with nothing. */
export function drawingOf({ jobs, stores, flows }: WarehouseMap): Drawing {
  const cards = [
    ...jobs.map((job): Card => {
      const ofJob = flows.filter((flow) => flow.job === job.id);
      return { id: jobId(job.id), thing: { is: "job", job }, into: ofJob.filter(isRead), outOf: ofJob.filter(isWritten) };
    }),
    ...stores.map((store): Card => {
      const ofStore = flows.filter((flow) => flow.store === store.id);
      return { id: storeId(store.id), thing: { is: "store", store }, into: ofStore.filter(isWritten), outOf: ofStore.filter(isRead) };
    }),
  ].filter(({ into, outOf }) => into.length + outOf.length > 0);
  const arrows = new Map<string, Arrow>();
  for (const flow of flows) {
    const [from, to] = isRead(flow) ? [storeId(flow.store), jobId(flow.job)] : [jobId(flow.job), storeId(flow.store)];
    const id = `${from} -> ${to}`;
    const rate = sumOf([arrows.get(id)?.rate, flow.rate]);
    arrows.set(id, { id, from, to, rate });
  }
  return { cards, arrows: [...arrows.values()] };
}

function isRead({ access }: MapFlow): boolean {
  return access === "reads";
}

function isWritten({ access }: MapFlow): boolean {
  return access === "writes";
}

/** Undefined where nothing is known. */
export function sumOf(rates: readonly (number | undefined)[]): number | undefined {
  const known = rates.filter((rate) => rate !== undefined);
  return known.length > 0 ? known.reduce((sum, rate) => sum + rate, 0) : undefined;
}

/** Why nothing was written by any of these flows yet; undefined where something was, or nothing is known. */
export function waitOf(written: readonly MapFlow[]): MapFlow["waitsFor"] {
  return written.every(({ waitsFor }) => waitsFor) ? written[0]?.waitsFor : undefined;
}

/** "ODS", "DWD", "DIM" …, as names of the trade begin; undefined for others. */
export function layerOf(name: string): string | undefined {
  return /^(ods|dwd|dim|dwm|dws|ads)_/i.exec(name)?.[1]?.toUpperCase();
}

/** Two drawings of the same cards and arrows are laid out alike. */
export function shapeOf({ cards, arrows }: Drawing): string {
  return JSON.stringify([cards.map(({ id }) => id), arrows.map(({ id }) => id)]);
}

/** For ELK: in layers from left to right, along the flow. */
export function graphOf({ cards, arrows }: Drawing): ElkNode {
  return {
    id: "map",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": "RIGHT",
      "elk.layered.spacing.nodeNodeBetweenLayers": "72",
      "elk.spacing.nodeNode": "18",
      "elk.spacing.componentComponent": "48",
      "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
    },
    children: cards.map(({ id, thing }) => ({ id, ...SIZE[thing.is] })),
    edges: arrows.map(({ id, from, to }) => ({ id, sources: [from], targets: [to] })),
  };
}

/** The card, what flows into it over any number of steps, and what comes of it. */
export function connectedTo(id: string, { arrows }: Drawing): ReadonlySet<string> {
  const found = new Set([id]);
  for (const [here, there] of [["to", "from"] as const, ["from", "to"] as const]) {
    const open = [id];
    const seen = new Set(open);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const arrow of arrows) {
        if (arrow[here] !== at || seen.has(arrow[there])) continue;
        seen.add(arrow[there]);
        found.add(arrow[there]);
        open.push(arrow[there]);
      }
    }
  }
  return found;
}

const AGES = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** "12 sec", "3 days"; a time to come is no age. */
export function ageText(ms: number, language: string): string {
  const [unit, length] = AGES.find(([, size]) => ms >= size) ?? AGES[3];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(Math.floor(Math.max(0, ms) / length));
}
