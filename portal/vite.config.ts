/// <reference types="vitest/config" />
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { type Plugin, defineConfig } from "vite";

/** Cloudscape's style sheet carries its fonts within it; as files they load beside it, when used. */
function fontsAsFiles(): Plugin {
  return {
    name: "breakwater-fonts-as-files",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "asset" || !file.fileName.endsWith(".css")) continue;
        file.source = String(file.source).replace(/url\("?data:font\/woff2[^,]*;base64,([^)"]+)"?\)/g, (_all, base64: string) => {
          const source = Buffer.from(base64, "base64");
          const name = `open-sans-${createHash("sha256").update(source).digest("hex").slice(0, 8)}.woff2`;
          this.emitFile({ type: "asset", fileName: `assets/${name}`, source });
          return `url(./${name})`;
        });
      }
    },
  };
}

// Nothing is inlined: the page's content security policy allows no inline script or style.
export default defineConfig({
  plugins: [react(), fontsAsFiles()],
  // The names of the tokens that the components themselves use; they do not export the file.
  resolve: { alias: { "cloudscape-tokens": fileURLToPath(new URL("./node_modules/@cloudscape-design/components/internal/generated/styles/tokens.js", import.meta.url)) } },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    manifest: "manifest.json",
    chunkSizeWarningLimit: 2000,
  },
  worker: { format: "es" },
  test: {
    environment: "jsdom",
    // Each file has a world of its own, in one process that has read everything once: half the time.
    pool: "vmThreads",
    setupFiles: ["tests/setup.ts"],
    include: ["tests/**/*.test.{ts,tsx}"],
    // How long a test takes says how busy the machine is; only what fails takes so long.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    server: { deps: { inline: [/@cloudscape-design/] } },
  },
});
