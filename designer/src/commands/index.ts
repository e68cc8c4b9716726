import { useDocument } from "../store/document.ts";
import { addNote } from "./add-note.ts";
import { alignBottom, alignCenter, alignLeft, alignMiddle, alignRight, alignTop, distributeAcross, distributeDown } from "./align.ts";
import { arrange } from "./arrange.ts";
import { clearSelection } from "./clear-selection.ts";
import type { Command } from "./command.ts";
import { commandPalette } from "./command-palette.ts";
import { connectFrom } from "./connect-from.ts";
import { copy } from "./copy.ts";
import { cut } from "./cut.ts";
import { deleteSelected } from "./delete-selected.ts";
import { deploy } from "./deploy.ts";
import { discardDraft } from "./discard-draft.ts";
import { duplicate } from "./duplicate.ts";
import { editJson } from "./edit-json.ts";
import { exportFile } from "./export-file.ts";
import { find } from "./find.ts";
import { editFragment, expandFragment, makeFragment, openFragment, saveVersion, updateFragment } from "./fragment.ts";
import { group, ungroup } from "./group.ts";
import { makeSavepoint } from "./make-savepoint.ts";
import { openConnections } from "./open-connections.ts";
import { openGallery } from "./open-gallery.ts";
import { openMap } from "./open-map.ts";
import { paste } from "./paste.ts";
import { quickAdd } from "./quick-add.ts";
import { redo } from "./redo.ts";
import { removeAndReconnect } from "./remove-and-reconnect.ts";
import { rename } from "./rename.ts";
import { replace } from "./replace.ts";
import { selectAll } from "./select-all.ts";
import { selectConnected, selectDownstream, selectUpstream } from "./select-reachable.ts";
import { showKeys } from "./show-keys.ts";
import { start, startFresh, startFrom } from "./start.ts";
import { stop } from "./stop.ts";
import { switchLanguage } from "./switch-language.ts";
import { switchTheme } from "./switch-theme.ts";
import { toggleDisabled } from "./toggle-disabled.ts";
import {
  toggleDeadLetters,
  toggleDimensions,
  toggleInspector,
  toggleLog,
  toggleOutline,
  togglePalette,
  togglePreview,
  toggleProblems,
  toggleSavepoints,
  toggleTables,
  toggleTopics,
} from "./toggle-view.ts";
import { undo } from "./undo.ts";
import { walkBack, walkDown, walkOn, walkUp } from "./walk.ts";
import { zoomActual, zoomFit, zoomIn, zoomOut, zoomSelection } from "./zoom.ts";

/** Every action, in the order in which lists show them. */
export const commands: readonly Command[] = [
  undo,
  redo,
  cut,
  copy,
  paste,
  duplicate,
  deleteSelected,
  removeAndReconnect,
  rename,
  replace,
  toggleDisabled,
  group,
  ungroup,
  makeFragment,
  expandFragment,
  updateFragment,
  editJson,
  quickAdd,
  connectFrom,
  addNote,
  selectAll,
  selectUpstream,
  selectDownstream,
  selectConnected,
  walkOn,
  walkBack,
  walkDown,
  walkUp,
  clearSelection,
  arrange,
  alignLeft,
  alignCenter,
  alignRight,
  alignTop,
  alignMiddle,
  alignBottom,
  distributeAcross,
  distributeDown,
  zoomFit,
  zoomSelection,
  zoomActual,
  zoomIn,
  zoomOut,
  toggleOutline,
  togglePalette,
  toggleInspector,
  togglePreview,
  toggleProblems,
  toggleDeadLetters,
  toggleSavepoints,
  toggleLog,
  toggleDimensions,
  toggleTables,
  toggleTopics,
  switchTheme,
  switchLanguage,
  deploy,
  saveVersion,
  stop,
  start,
  startFrom,
  startFresh,
  makeSavepoint,
  discardDraft,
  find,
  commandPalette,
  openFragment,
  editFragment,
  openGallery,
  openMap,
  openConnections,
  exportFile,
  showKeys,
];

/** What changes the drawing is not for one that is there to be looked at only. */
export function isEnabled(command: Command): boolean {
  const changes = command.changes ?? (command.group === "edit" || command.group === "add");
  return (!changes || useDocument.getState().inside === undefined) && command.isEnabled();
}

/** Runs a command if it is enabled. */
export function runCommand(command: Command): void {
  if (isEnabled(command)) void command.run();
}
