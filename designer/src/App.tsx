import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Canvas } from "./canvas/Canvas.tsx";
import { ConnectList } from "./canvas/ConnectList.tsx";
import { FindBar } from "./canvas/FindBar.tsx";
import { Outline } from "./canvas/Outline.tsx";
import { QuickAddList } from "./canvas/QuickAddList.tsx";
import { CommandPalette } from "./commands/CommandPalette.tsx";
import { KeyList } from "./commands/KeyList.tsx";
import { useKeys } from "./commands/use-keys.ts";
import { Connections } from "./connections/Connections.tsx";
import { InsideBanner } from "./fragments/InsideBanner.tsx";
import { MakeFragment } from "./fragments/MakeFragment.tsx";
import { SaveVersion } from "./fragments/SaveVersion.tsx";
import { Gallery } from "./gallery/Gallery.tsx";
import { Inspector } from "./inspector/Inspector.tsx";
import { JsonDocument } from "./inspector/JsonDocument.tsx";
import { WarehouseMap } from "./map/WarehouseMap.tsx";
import { Palette } from "./palette/Palette.tsx";
import { FailureBanner } from "./run/FailureBanner.tsx";
import { StartDialog } from "./run/StartDialog.tsx";
import { DeployDialog } from "./shell/DeployDialog.tsx";
import { DraftBanner } from "./shell/DraftBanner.tsx";
import { DrawerSlot } from "./shell/DrawerSlot.tsx";
import { ErrorBoundary } from "./shell/ErrorBoundary.tsx";
import { Notices } from "./shell/Notices.tsx";
import { StatusBar } from "./shell/StatusBar.tsx";
import { StopDialog } from "./shell/StopDialog.tsx";
import classes from "./shell/shell.module.css";
import { TopBar } from "./shell/TopBar.tsx";
import { followAddress } from "./store/address.ts";
import { useDocument } from "./store/document.ts";
import { useSession } from "./store/session.ts";
import { useUi } from "./store/ui.ts";

export function App() {
  const view = useUi((ui) => ui.view);
  const isOpen = useDocument(({ pipelineId }) => pipelineId !== undefined);
  const isOpening = useSession((session) => session.opening);
  const { t } = useTranslation("shell");
  useKeys();
  useEffect(followAddress, []);
  return (
    <ErrorBoundary>
      <div className={classes.app}>
        <button type="button" className={classes.skip} onClick={skipToCanvas}>
          {t("skip")}
        </button>
        <TopBar />
        {view === "gallery" ? (
          <main className={classes.gallery}>
            <Gallery />
          </main>
        ) : view === "map" ? (
          <main className={classes.gallery}>
            <WarehouseMap />
          </main>
        ) : view === "connections" ? (
          <main className={classes.gallery}>
            <Connections />
          </main>
        ) : isOpen ? (
          <Workbench />
        ) : (
          <main className={classes.opening}>{isOpening && t("opening")}</main>
        )}
        <QuickAddList />
        <ConnectList />
        <CommandPalette />
        <KeyList />
        <DeployDialog />
        <StartDialog />
        <StopDialog />
        <MakeFragment />
        <SaveVersion />
        <JsonDocument />
        <Notices />
      </div>
    </ErrorBoundary>
  );
}

function Workbench() {
  const { view, palette, inspector } = useUi();
  const isReadOnly = useDocument((state) => state.inside !== undefined);
  return (
    <>
      <div className={classes.banners}>
        <FailureBanner />
        <InsideBanner />
        <DraftBanner />
      </div>
      <div className={classes.work}>
        {palette && view === "canvas" && !isReadOnly && (
          <div className={classes.left}>
            <Palette />
          </div>
        )}
        <main className={classes.middle}>
          <div className={classes.stage}>
            {view === "outline" ? <Outline /> : <Canvas />}
            <FindBar />
          </div>
          <DrawerSlot />
        </main>
        {inspector && (
          <div className={classes.right}>
            <Inspector />
          </div>
        )}
      </div>
      <StatusBar />
    </>
  );
}

function skipToCanvas(): void {
  document.querySelector<HTMLElement>("[data-canvas]")?.focus();
}
