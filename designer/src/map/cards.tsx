import type { MapStore, RunState } from "@millrace/server/api";
import { IconDatabase, IconDoorEnter, IconFile, IconRoute, IconStack2, IconTable } from "@tabler/icons-react";
import { type Node, type NodeProps, useReactFlow } from "@xyflow/react";
import { useTranslation } from "react-i18next";
import { STATE_WORDS } from "../gallery/run-state.ts";
import { countText, rateText, shortCount } from "../i18n/numbers.ts";
import { useWords } from "../i18n/use-words.ts";
import { openPipeline } from "../store/session.ts";
import { show } from "../store/ui.ts";
import { ageText, type Card, layerOf, SIZE, sumOf, waitOf } from "./drawing.ts";
import classes from "./map.module.css";

export interface CardData extends Record<string, unknown> {
  readonly card: Card;
  readonly selected: boolean;
  /** It has nothing to do with what is looked at. */
  readonly dimmed: boolean;
  readonly onSelect: (id: string) => void;
  readonly onPoint: (id: string | undefined) => void;
}

export function JobCard({ id, data }: NodeProps<Node<CardData>>) {
  const { t } = useTranslation("map");
  const { t: ofState } = useTranslation("gallery");
  const words = useWords();
  const { card } = data;
  if (card.thing.is !== "job") return null;
  const { job } = card.thing;
  const isCollector = job.kind === "collector";
  const state = job.run?.state;
  const rate = sumOf(card.outOf.map((flow) => flow.rate)) ?? sumOf(card.into.map((flow) => flow.rate));
  const lag = sumOf(card.into.map((flow) => flow.lag)) ?? 0;
  const waits = state === "running" ? waitOf(card.outOf) : undefined;
  const collected = sumOf(card.outOf.map(({ total }) => total)) ?? 0;
  const name = isCollector ? t("collector") : job.title ? words(job.title) : job.name;
  const facts = isCollector
    ? [t("records", { count: collected, total: countText(collected) })]
    : [
        ofState(state ? STATE_WORDS[state] : "stateNever"),
        ...(state === "running" && rate !== undefined ? [t("perSecond", { rate: rateText(rate) })] : []),
        ...(lag > 0 ? [t("behind", { total: shortCount(lag) })] : []),
        ...(waits ? [words(waits)] : []),
      ];
  const Icon = isCollector ? IconDoorEnter : IconRoute;
  const open = async () => {
    if (await openPipeline(job.id)) show({ view: "canvas" });
  };
  return (
    <MapCard id={id} data={data} className={classes.job ?? ""} state={state} onOpen={isCollector ? undefined : () => void open()}>
      <Icon size={18} aria-hidden className={classes.icon ?? ""} />
      <span className={classes.titles}>
        <span className={classes.name}>{name}</span>
        <span className={classes.facts} title={facts.join(" · ")}>
          {facts.join(" · ")}
        </span>
      </span>
    </MapCard>
  );
}

export const KINDS = {
  topic: { icon: IconStack2, title: "topic" },
  dimension: { icon: IconDatabase, title: "dimension" },
  table: { icon: IconTable, title: "table" },
  file: { icon: IconFile, title: "file" },
} as const satisfies Record<MapStore["kind"], unknown>;

export function StoreCard({ id, data }: NodeProps<Node<CardData>>) {
  const { t, i18n } = useTranslation("map");
  const words = useWords();
  const { card } = data;
  if (card.thing.is !== "store") return null;
  const { store } = card.thing;
  const { kind, name, connection, isThere, records, newestAt, failure } = store;
  const { icon: Icon, title } = KINDS[kind];
  const waits = records ? undefined : waitOf(card.into);
  const facts = [
    ...(connection === undefined ? [] : [t("inConnection", { connection })]),
    ...(isThere === false ? [t("notThere")] : []),
    ...(records === undefined ? [] : [shortCount(records)]),
    ...(newestAt === undefined ? [] : [t("ago", { age: ageText(Date.now() - newestAt, i18n.language) })]),
    ...(waits ? [words(waits)] : []),
  ];
  const layer = layerOf(name);
  // Jobs may share a table, each with rows of its own.
  const tooMany =
    (kind === "topic" || kind === "file") && new Set(card.into.flatMap(({ job, node }) => (node === undefined ? [] : [job]))).size > 1;
  return (
    <MapCard
      id={id}
      data={data}
      className={classes.store ?? ""}
      state={failure ? "failed" : tooMany ? "restarting" : undefined}
      kind={kind}
      label={t(title)}
      onOpen={() => data.onSelect(id)}
    >
      <Icon size={16} aria-hidden className={classes.icon ?? ""} />
      <span className={classes.titles}>
        <span className={classes.name}>{name}</span>
        <span className={classes.facts} title={facts.join(" · ")}>
          {facts.join(" · ")}
        </span>
      </span>
      {layer && (
        <span className={classes.layer} aria-hidden>
          {layer}
        </span>
      )}
    </MapCard>
  );
}

interface MapCardProps {
  readonly id: string;
  readonly data: CardData;
  readonly className: string;
  readonly state: RunState | undefined;
  readonly kind?: string;
  /** What it is, for who cannot see it. */
  readonly label?: string;
  /** Undefined: there is nothing behind it. */
  readonly onOpen: (() => void) | undefined;
  readonly children: React.ReactNode;
}

function MapCard({ id, data, className, state, kind, label, onOpen, children }: MapCardProps) {
  const flow = useReactFlow();
  const point = (to: string | undefined) => data.onPoint(to);
  const bring = ({ currentTarget }: React.FocusEvent<HTMLElement>) => {
    point(id);
    const stage = currentTarget.closest(".react-flow")?.getBoundingClientRect();
    const card = currentTarget.getBoundingClientRect();
    const isSeen = stage && card.left >= stage.left && card.right <= stage.right && card.top >= stage.top && card.bottom <= stage.bottom;
    const place = flow.getNode(id)?.position;
    const size = SIZE[data.card.thing.is];
    if (!isSeen && place) void flow.setCenter(place.x + size.width / 2, place.y + size.height / 2, { zoom: flow.getZoom() });
  };
  const common = {
    className: `${classes.card} ${className} nopan`,
    "data-state": state,
    "data-kind": kind,
    "data-selected": data.selected || undefined,
    "data-dimmed": data.dimmed || undefined,
    onPointerEnter: () => point(id),
    onPointerLeave: () => point(undefined),
  };
  if (!onOpen) return <div {...common}>{children}</div>;
  return (
    <button
      type="button"
      {...common}
      aria-pressed={data.card.thing.is === "store" ? data.selected : undefined}
      onFocus={bring}
      onBlur={() => point(undefined)}
      onClick={onOpen}
    >
      {label && <span className={classes.hidden}>{label}</span>}
      {children}
    </button>
  );
}
