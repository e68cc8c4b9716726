import { Gallery } from "./gallery/Gallery.tsx";
import { Inspector } from "./inspector/Inspector.tsx";
import { Drawer } from "./preview/Drawer.tsx";
import { useUi } from "./store/ui.ts";

export function App() {
  const view = useUi((ui) => ui.view);
  if (view === "gallery") return <Gallery />;
  return (
    <>
      <Inspector />
      <Drawer />
    </>
  );
}
