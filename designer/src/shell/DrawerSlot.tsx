import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Drawer } from "../preview/Drawer.tsx";
import { show, useUi } from "../store/ui.ts";
import classes from "./shell.module.css";

const LEAST = 120;
const STEP = 24;

/** The place of the bottom drawer, with the bar that makes it higher. */
export function DrawerSlot() {
  const { t } = useTranslation("shell");
  const isOpen = useUi(({ drawer }) => drawer !== undefined);
  const height = useUi(({ drawerHeight }) => drawerHeight);
  const grip = useRef<{ readonly y: number; readonly height: number }>(undefined);
  if (!isOpen) return null;
  const most = Math.max(LEAST, Math.round(globalThis.innerHeight * 0.75));
  const setHeight = (next: number) => show({ drawerHeight: Math.max(LEAST, Math.min(most, next)) });
  return (
    <div className={classes.drawer} style={{ height: Math.min(height, most) }}>
      <div
        className={classes.grip}
        role="separator"
        aria-orientation="horizontal"
        aria-label={t("resizeDrawer")}
        aria-valuemin={LEAST}
        aria-valuemax={most}
        aria-valuenow={Math.min(height, most)}
        tabIndex={0}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          grip.current = { y: event.clientY, height };
        }}
        onPointerMove={(event) => grip.current && setHeight(grip.current.height + grip.current.y - event.clientY)}
        onPointerUp={() => {
          grip.current = undefined;
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowUp") setHeight(height + STEP);
          if (event.key === "ArrowDown") setHeight(height - STEP);
        }}
      />
      <div className={classes.drawerBody}>
        <Drawer />
      </div>
    </div>
  );
}
