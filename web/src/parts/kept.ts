/** What the browser remembers between visits; a browser that refuses to is no failure. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`houle.${name}`);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`houle.${name}`);
    else localStorage.setItem(`houle.${name}`, value);
  } catch {
    // Private windows and full disks: the choice lasts as long as the page.
  }
}
