import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The portal's pages, served under `/p/`. Nothing is inlined: the pages' policy runs and styles only what comes as a file. */
export default defineConfig({
  base: "/p/",
  plugins: [react()],
  build: { target: "es2023", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
});
