/** What this browser keeps for this page. It may be switched off or full: then nothing is kept, and nothing breaks. */

export function kept(name: string): string | null {
  try {
    return window.localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Whether it could be kept. */
export function keep(name: string, text: string): boolean {
  try {
    window.localStorage.setItem(name, text);
    return true;
  } catch {
    return false;
  }
}
