import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Nothing is painted before the script has run: the reader's choice of light or dark is known first, and no page flashes. */
const painted: Plugin = {
  name: "latchkey:painted-by-the-script",
  transformIndexHtml: { order: "post", handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"') },
};

/** The letters that every page is written in come with the page: they are there when it is first painted, and no line jumps when they arrive. */
const FONTS = /^assets\/RedHat(?:Display|Text)VF-(?!Italic).*\.woff2$/;
const lettered: Plugin = {
  name: "latchkey:fonts-come-with-the-page",
  transformIndexHtml: {
    order: "post",
    handler: (_html, { bundle = {} }) => Object.keys(bundle).filter((file) => FONTS.test(file))
      .map((file) => ({ tag: "link", attrs: { rel: "preload", as: "font", type: "font/woff2", crossorigin: true, href: `/p/${file}` }, injectTo: "head" })),
  },
};

/** The portal's pages, served under `/p/`. Nothing is inlined: the pages' policy runs and styles only what comes as a file. */
export default defineConfig({
  base: "/p/",
  plugins: [react(), painted, lettered],
  build: { target: "es2023", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
});
