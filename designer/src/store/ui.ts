/** What is open on the screen. What is selected is in `selection.ts`. */
import { create } from "zustand";

/** Tabs of the bottom drawer. */
export type DrawerTab = "preview" | "problems" | "dead-letters" | "savepoints" | "log" | "topics" | "dimensions" | "tables";
/** What lies over everything, one at a time. */
export type Overlay = "commands" | "keys" | "connect" | "deploy" | "start" | "stop" | "find" | "json" | "make-fragment" | "save-version";

export interface Stop {
  readonly id: string;
  readonly name: string;
  readonly node: string;
  readonly into: string;
}

export interface UiState {
  /** `gallery`: no pipeline is open, or somebody looks for a template. `map` and `connections` need no pipeline either. */
  readonly view: "canvas" | "outline" | "gallery" | "map" | "connections";
  readonly palette: boolean;
  readonly inspector: boolean;
  /** Undefined: closed. */
  readonly drawer: DrawerTab | undefined;
  /** Height in CSS pixels, as dragged. */
  readonly drawerHeight: number;
  readonly overlay: Overlay | undefined;
  /** Id of the savepoint or checkpoint that the deploy or start dialog offers first; undefined: the newest state. */
  readonly restoreFrom: string | undefined;
  /** Whose topics the drawer shows; undefined: the built-in ones. */
  readonly topicConnection: string | undefined;
  /** The topic that it shows first; undefined: the first of all. */
  readonly topicName: string | undefined;
  /** How somebody came into the fragment that is open: the pipelines and fragments above it, outermost first, each with the node that was opened and where that led. */
  readonly trail: readonly Stop[];
  /** The node whose name is being edited in place. */
  readonly renaming: string | undefined;
  /** Param that the inspector should bring into view and focus, once; set by a click on a problem. */
  readonly focusParam: { readonly nodeId: string; readonly path: readonly (string | number)[] } | undefined;
}

export const useUi = create<UiState>()(() => ({
  view: "canvas",
  palette: true,
  inspector: true,
  drawer: undefined,
  drawerHeight: 280,
  overlay: undefined,
  restoreFrom: undefined,
  topicConnection: undefined,
  topicName: undefined,
  trail: [],
  renaming: undefined,
  focusParam: undefined,
}));

/** Whether the open pipeline is what is seen. */
export function showsPipeline({ view }: UiState): boolean {
  return view === "canvas" || view === "outline";
}

export function show(part: Partial<UiState>): void {
  useUi.setState(part);
}

/** Opens the dialog that deploys the draft, or the one that starts the deployed version, with a saved state chosen. */
export function restoreWith(overlay: "deploy" | "start", restoreFrom: string): void {
  useUi.setState({ overlay, restoreFrom });
}

export function closeDialog(): void {
  useUi.setState({ overlay: undefined, restoreFrom: undefined });
}

export function openDrawer(drawer: DrawerTab): void {
  useUi.setState({ drawer });
}

export function closeDrawer(): void {
  useUi.setState({ drawer: undefined });
}
