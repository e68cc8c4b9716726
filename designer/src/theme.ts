import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** The one accent: a calm blue-green, dark enough at [7] for white text and for text on white. */
const water: MantineColorsTuple = [
  "#e8f6f8",
  "#d5eaee",
  "#a8d4dc",
  "#78bdc9",
  "#52a9b9",
  "#3a9cae",
  "#1c8ea2",
  "#0b7285",
  "#096070",
  "#044b59",
];

export const theme = createTheme({
  primaryColor: "water",
  primaryShade: { light: 7, dark: 7 },
  colors: { water },
  fontFamily: 'Inter, system-ui, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace',
  fontSizes: { xs: "11.5px", sm: "13px", md: "14px", lg: "16px", xl: "19px" },
  defaultRadius: "sm",
  respectReducedMotion: true,
  autoContrast: true,
  cursorType: "pointer",
});
