import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Nothing is painted before the script has run: the reader's choice of light or dark is known first, and no page flashes. */
const painted: Plugin = {
  name: "latchkey:painted-by-the-script",
  transformIndexHtml: { order: "post", handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"') },
};

/** The portal's pages, served under `/p/`. Nothing is inlined: the pages' policy runs and styles only what comes as a file. */
export default defineConfig({
  base: "/p/",
  plugins: [react(), painted],
  build: { target: "es2023", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
});
