/** Lets the browser keep what was answered, as a file. */

export function save(blob: Blob, name: string) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A name that is one everywhere. Pure. */
export function plainName(name: string): string {
  return name.normalize("NFKD").replace(/[^\w]+/g, "-").replace(/^-+|-+$/g, "");
}
