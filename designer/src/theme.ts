import { createTheme, type MantineColorsTuple, Modal } from "@mantine/core";

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

/** The panels of `theme.css` in Mantine's places: [0] text, [2] dimmed, [4] lines, [6] fields, [7] ground of dialogs. */
const dark: MantineColorsTuple = [
  "#e4e8ee",
  "#c4cbd5",
  "#9ba7b6",
  "#6f7b8c",
  "#3a4350",
  "#2c333d",
  "#232831",
  "#1b1f26",
  "#14171c",
  "#0f1216",
];

/** Mantine's red, but for what is filled with it: dark enough at [7] for white text. */
const red: MantineColorsTuple = [
  "#fff5f5",
  "#ffe3e3",
  "#ffc9c9",
  "#ffa8a8",
  "#ff8787",
  "#ff6b6b",
  "#fa5252",
  "#c22c2c",
  "#b02525",
  "#9c2020",
];

export const theme = createTheme({
  primaryColor: "water",
  primaryShade: { light: 7, dark: 7 },
  colors: { water, dark, red },
  fontFamily: 'Inter, system-ui, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace',
  fontSizes: { xs: "11.5px", sm: "13px", md: "14px", lg: "16px", xl: "19px" },
  defaultRadius: "sm",
  respectReducedMotion: true,
  autoContrast: true,
  cursorType: "pointer",
  components: {
    // Its header is an element that would be a second banner of the page.
    Modal: Modal.extend({ defaultProps: { attributes: { header: { role: "presentation" } } } }),
  },
});
