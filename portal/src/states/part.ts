/** A part of the page whose code comes when it is wanted. */

import { type ComponentType, lazy } from "react";

/** Its code did not come. React keeps that for good, so only reading the page anew helps. */
export class NotLoaded extends Error {
  constructor(cause: unknown) {
    super("This part of the page did not load: the network is gone, or a newer version has been put up since this page was opened.", { cause });
    this.name = "NotLoaded";
  }
}

type Load<P> = () => Promise<{ default: ComponentType<P> }>;

export function part<P extends object>(load: Load<P>) {
  return lazy(loading(load));
}

export function loading<P>(load: Load<P>): Load<P> {
  return () =>
    load().catch((error: unknown) => {
      throw new NotLoaded(error);
    });
}
