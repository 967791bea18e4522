/** A view whose code comes when it is wanted, or before: once it is there, it is shown at once. */

import { type ComponentType, createElement, lazy, useState } from "react";
import { loading } from "./part";

export function later<P extends object>(load: () => Promise<{ default: ComponentType<P> }>) {
  let here: ComponentType<P> | null = null;
  const loaded = loading(load);
  const kept = async () => {
    const module = await loaded();
    here = module.default;
    return module;
  };
  const Awaited = lazy(kept) as unknown as ComponentType<P>;

  /** Not through Suspense where nothing is awaited: React shows what suspended 300 ms late. */
  function View(props: P) {
    const [chosen] = useState<ComponentType<P>>(() => here ?? Awaited);
    return createElement(chosen, props);
  }
  return Object.assign(View, { preload: () => void kept().catch(() => undefined) });
}
