import { ActionIcon, Alert, Button, Group, Loader, Text, Title, Tooltip } from "@mantine/core";
import type { WarehouseMap as WarehouseMapData } from "@millrace/server/api";
import { IconLayoutGrid, IconMaximize, IconMinus, IconPlus } from "@tabler/icons-react";
import {
  Background,
  BackgroundVariant,
  BaseEdge,
  type Edge,
  type EdgeProps,
  getBezierPath,
  type Node,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { layOut } from "../canvas/lay-out.ts";
import { edgeWidth } from "../canvas/rates.ts";
import { runCommand } from "../commands/index.ts";
import { openGallery } from "../commands/open-gallery.ts";
import { rateText } from "../i18n/numbers.ts";
import { useWords } from "../i18n/use-words.ts";
import { ServerError, server } from "../server.ts";
import { useRepeated } from "../store/use-repeated.ts";
import { type CardData, JobCard, StoreCard } from "./cards.tsx";
import { connectedTo, type Drawing, drawingOf, graphOf, SIZE, shapeOf } from "./drawing.ts";
import classes from "./map.module.css";
import { StorePanel } from "./StorePanel.tsx";

const REFRESH_MS = 2_000;
const FIT = { padding: 0.06, maxZoom: 1 };
const nodeTypes = { job: JobCard, store: StoreCard };
const edgeTypes = { arrow: ArrowEdge };

/** All pipelines with what they read and write, as one drawing that moves with its numbers; needs no pipeline. */
export function WarehouseMap() {
  const { t } = useTranslation("map");
  const words = useWords();
  const [map, setMap] = useState<WarehouseMapData>();
  const [failure, setFailure] = useState<ServerError["words"]>();
  const [selected, setSelected] = useState<string>();
  const refresh = useCallback(async (signal: AbortSignal) => {
    try {
      setMap(await server.map(signal));
      setFailure(undefined);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ServerError)) throw error;
      setFailure(error.words);
    }
  }, []);
  useRepeated(refresh, REFRESH_MS);
  const drawing = useMemo(() => map && drawingOf(map), [map]);
  const chosen = drawing?.cards.find(({ id }) => id === selected);
  return (
    <section className={classes.page} aria-label={t("map")}>
      <Group justify="space-between" px="lg" py="xs" wrap="nowrap">
        <Title order={1} size="h3">
          {t("map")}
        </Title>
        <Button variant="default" leftSection={<IconLayoutGrid size={16} />} onClick={() => runCommand(openGallery)}>
          {t("pipelines")}
        </Button>
      </Group>
      {failure && (
        <Alert color="red" variant="light" mx="lg" mb="xs">
          {words(failure)}
        </Alert>
      )}
      <div className={classes.body}>
        {!drawing && !failure && <Loader size="sm" m="lg" />}
        {drawing?.cards.length === 0 && (
          <Text c="var(--mr-muted)" m="lg">
            {t("empty")}
          </Text>
        )}
        {drawing && drawing.cards.length > 0 && (
          <ReactFlowProvider>
            <Flow drawing={drawing} selected={selected} onSelect={setSelected} />
          </ReactFlowProvider>
        )}
        {chosen?.thing.is === "store" && map && <StorePanel card={chosen} jobs={map.jobs} onClose={() => setSelected(undefined)} />}
      </div>
    </section>
  );
}

interface FlowProps {
  readonly drawing: Drawing;
  readonly selected: string | undefined;
  readonly onSelect: (id: string | undefined) => void;
}

function Flow({ drawing, selected, onSelect }: FlowProps) {
  const { t } = useTranslation("map");
  const places = usePlaces(drawing);
  const [under, setUnder] = useState<string>();
  const shown = under ?? selected;
  const near = useMemo(() => (shown === undefined ? undefined : connectedTo(shown, drawing)), [shown, drawing]);
  const nodes = useMemo(
    () =>
      drawing.cards.flatMap((card): Node<CardData>[] => {
        const position = places?.get(card.id);
        if (!position) return [];
        const data = {
          card,
          selected: card.id === selected,
          dimmed: near !== undefined && !near.has(card.id),
          onSelect,
          onPoint: setUnder,
        };
        return [{ id: card.id, type: card.thing.is, position, ...SIZE[card.thing.is], data, handles: HANDLES[card.thing.is] }];
      }),
    [drawing, places, near, selected, onSelect],
  );
  const edges = useMemo(
    () =>
      drawing.arrows.map(
        ({ id, from, to, rate }): ArrowData => ({
          id,
          source: from,
          target: to,
          type: "arrow",
          focusable: false,
          data: {
            rate,
            dimmed: near !== undefined && !(near.has(from) && near.has(to)),
            label: rate === undefined ? "" : t("perSecond", { rate: rateText(rate) }),
          },
        }),
      ),
    [drawing, near, t],
  );
  if (!places) return <Loader size="sm" m="lg" />;
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      fitView
      fitViewOptions={FIT}
      minZoom={0.1}
      maxZoom={2}
      panOnScroll
      zoomActivationKeyCode={["Control", "Meta"]}
      disableKeyboardA11y
      proOptions={{ hideAttribution: true }}
      onPaneClick={() => onSelect(undefined)}
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1} color="var(--mr-line)" />
      <Controls />
    </ReactFlow>
  );
}

/** Where the cards lie; the same until cards or arrows come or go. Undefined until that is worked out for the first time. */
function usePlaces(drawing: Drawing): ReadonlyMap<string, { readonly x: number; readonly y: number }> | undefined {
  const flow = useReactFlow();
  const [places, setPlaces] = useState<ReadonlyMap<string, { readonly x: number; readonly y: number }>>();
  const shape = shapeOf(drawing);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape says all that matters of the drawing
  useEffect(() => {
    let isWanted = true;
    void layOut(graphOf(drawing)).then(({ children = [] }) => {
      if (!isWanted) return;
      setPlaces(new Map(children.map(({ id, x = 0, y = 0 }) => [id, { x, y }])));
      requestAnimationFrame(() => void flow.fitView(FIT));
    });
    return () => {
      isWanted = false;
    };
  }, [shape, flow]);
  return places;
}

const HANDLES = {
  job: handlesOf(SIZE.job),
  store: handlesOf(SIZE.store),
};

/** Said beforehand, so that nothing has to be measured. */
function handlesOf({ width, height }: { readonly width: number; readonly height: number }): NonNullable<Node["handles"]> {
  const at = { y: height / 2, width: 1, height: 1 };
  return [
    { type: "target", position: Position.Left, x: 0, ...at },
    { type: "source", position: Position.Right, x: width, ...at },
  ];
}

type ArrowData = Edge<{ readonly rate: number | undefined; readonly dimmed: boolean; readonly label: string }>;

function ArrowEdge(props: EdgeProps<ArrowData>) {
  const [path, x, y] = getBezierPath(props);
  const { rate = 0, dimmed = false, label = "" } = props.data ?? {};
  return (
    <g
      className={classes.arrow}
      data-moving={rate > 0 || undefined}
      data-dimmed={dimmed || undefined}
      style={{ "--mr-width": edgeWidth(rate) } as React.CSSProperties}
      aria-hidden
    >
      <BaseEdge path={path} className={classes.path ?? ""} interactionWidth={0} />
      {rate > 0 && (
        <text x={x} y={y - 6} textAnchor="middle" className={classes.rate}>
          {label}
        </text>
      )}
    </g>
  );
}

function Controls() {
  const { t } = useTranslation("map");
  const flow = useReactFlow();
  const controls = [
    { label: t("zoomIn"), icon: <IconPlus size={15} />, run: () => flow.zoomIn() },
    { label: t("zoomOut"), icon: <IconMinus size={15} />, run: () => flow.zoomOut() },
    { label: t("fit"), icon: <IconMaximize size={15} />, run: () => flow.fitView(FIT) },
  ];
  return (
    <div className={classes.controls}>
      {controls.map(({ label, icon, run }) => (
        <Tooltip key={label} label={label} position="right" openDelay={400}>
          <ActionIcon variant="default" size={28} aria-label={label} onClick={() => void run()}>
            {icon}
          </ActionIcon>
        </Tooltip>
      ))}
    </div>
  );
}
