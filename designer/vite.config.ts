import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where `pnpm dev` sends what is not the designer's: a server that runs beside. */
const server = process.env.MILLRACE_SERVER ?? "http://127.0.0.1:8090";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2023",
    // Monaco and ELK are chunks of their own, loaded when they are needed.
    chunkSizeWarningLimit: 4000,
  },
  worker: { format: "es" },
  server: { proxy: { "/api": { target: server, changeOrigin: true } } },
});
