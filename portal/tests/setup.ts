import { vi } from "vitest";

// What browsers have and jsdom has not.
window.matchMedia ??= ((query: string) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} })) as unknown as typeof window.matchMedia;

// A test waits for what it says for as long as a busy machine may take: a second is soon over there.
const waitFor = vi.waitFor;
vi.waitFor = (callback, options) => waitFor(callback, options ?? { timeout: 60_000 });
