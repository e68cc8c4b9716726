import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconHourglass,
  IconLoader,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
} from "@tabler/icons-react";
import type { NodeStatus } from "./node-status.ts";

const ICONS = {
  disabled: IconPlayerPause,
  error: IconAlertTriangle,
  failed: IconCircleX,
  new: IconCircleDashed,
  draft: IconCircleDashed,
  stopped: IconPlayerStop,
  finished: IconCircleCheck,
  starting: IconLoader,
  running: IconPlayerPlay,
  waiting: IconHourglass,
} as const satisfies Record<NodeStatus, unknown>;

/** Beside the word, never in its place. */
export function StatusIcon({ status, size = 12 }: { readonly status: NodeStatus; readonly size?: number }) {
  const Icon = ICONS[status];
  return <Icon size={size} aria-hidden />;
}
